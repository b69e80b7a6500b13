"""A participant's signing key at rest: an Ethereum keystore (version 3), encrypted under a password, mode 0600.

Any wallet reads and writes such files. A password never stands on a command line, where every process of the machine
sees it: it comes from a prompt or from a file that only its owner can read.
"""

import os
import secrets
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

from indexer.core import canonical, submission
from indexer.core.errors import InputError

# scrypt's n: about a second and 256 MB to try one password.
ROUNDS: Final = 2**18
_LARGEST = 1 << 20


class KeystoreError(InputError):
    """A key file that is missing, open to others, or no keystore."""

    code = "KEYSTORE"
    sentence = "the key file {path} {reason}"


class PasswordError(InputError):
    """A password that does not open its key file."""

    code = "KEYSTORE_PASSWORD"
    sentence = "the password does not open the key file {path}"


class SecretFileError(InputError):
    """A file with a password or an API key that is missing, empty or open to others."""

    code = "SECRET_FILE"
    sentence = "the secret in {path} {reason}"


@dataclass(frozen=True)
class OwnKey:
    """A key that was opened; what it signs with does not show."""

    address: bytes
    private_key: bytes = field(repr=False)


def create(path: Path, password: bytes, *, rounds: int = ROUNDS) -> bytes:
    """Make a key, write it encrypted into a new file, and return its address."""
    keystore = _keystore()
    private_key = secrets.token_bytes(32)
    made = keystore.create_keyfile_json(private_key, password, kdf="scrypt", iterations=rounds)
    write_new(path, canonical.encode(made))
    return submission.address(private_key)


def _keystore() -> ModuleType:
    # Half a second, for pairings on a curve that no key of ours is on: only who has a key file waits for it.
    return import_module("eth_keyfile.keyfile")


def unlock(path: Path, password: Callable[[], bytes]) -> OwnKey:
    """Open a key file; the password is asked for once the file is known to be one."""
    kept = canonical.decode(_private(path, KeystoreError))
    if not isinstance(kept, dict) or kept.get("version") != 3 or "crypto" not in kept:
        raise KeystoreError(path=path, reason="is no Ethereum keystore of version 3")
    try:
        private_key = _keystore().decode_keyfile_json(kept, password())
        address = submission.address(private_key)
    except ValueError as error:
        if "MAC" in str(error):
            raise PasswordError(path=path) from None
        raise KeystoreError(path=path, reason="is damaged") from None
    except (KeyError, TypeError, NotImplementedError):
        raise KeystoreError(path=path, reason="is damaged") from None
    return OwnKey(address, private_key)


def secret(path: Path) -> bytes:
    """Read a password or an API key from a file that only its owner can read; a newline at its end is none of it."""
    found = _private(path, SecretFileError).removesuffix(b"\n").removesuffix(b"\r")
    if not found:
        raise SecretFileError(path=path, reason="is empty")
    return found


def write_new(path: Path, data: bytes) -> None:
    """Write a new file of mode 0600, on disk before this returns; an existing one is never replaced."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise KeystoreError(path=path, reason=f"cannot be written: {error.strerror}") from None


def _private(path: Path, kind: type[InputError]) -> bytes:
    """Read a file that nobody but its owner can read."""
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & 0o077:
                raise kind(path=path, reason=f"lies in a file of mode {mode:04o}, it must be 0600")
            return file.read(_LARGEST)
    except OSError as error:
        raise kind(path=path, reason=f"cannot be read: {error.strerror}") from None
