"""Where secrets rest: custodial keys, record keys and concealed values are sealed before they reach the store.

Everything hangs on one file of 32 bytes that is not in the database: whoever has only the database, or a backup of it,
opens nothing. A seal is bound to what it belongs to, so it cannot be moved to another row. Concealed values hang on
their record key alone: with that row deleted they are gone for everybody, the holder of the file included.
"""

import secrets
from hashlib import sha256
from hmac import digest as hmac
from pathlib import Path
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.settings import read_key
from indexer.core import canonical
from indexer.core.errors import EvidenceError

NAME_SIZE: Final = 16

_VERSION = b"\x01"
_NONCE = 12


class SealBrokenError(EvidenceError):
    """A sealed value does not open: it was altered, moved from another row, or sealed under another vault's key."""

    code = "SEAL_BROKEN"
    sentence = "the sealed {what} of {owner} does not open"


class Vault:
    """Seals and opens under keys derived from one root; holds no other state and shows none of it."""

    __slots__ = ("_application", "_custodial", "_index", "_record")

    def __init__(self, root: bytes) -> None:
        self._custodial = _derive(root, b"suyuan/vault/custodial-key/v1")
        self._record = _derive(root, b"suyuan/vault/record-key/v1")
        self._application = _derive(root, b"suyuan/vault/application/v1")
        self._index = _derive(root, b"suyuan/vault/concealed-code/v1")

    @classmethod
    def open(cls, path: Path) -> "Vault":
        """Open the vault whose root key lies in a file of mode 0600."""
        return cls(read_key(path))

    def __repr__(self) -> str:
        return "Vault(sealed)"

    def seal_custodial(self, participant: UUID, private_key: bytes) -> bytes:
        """Seal the key that signs for a participant."""
        return _seal(self._custodial, participant, private_key)

    def open_custodial(self, participant: UUID, sealed: bytes) -> bytes:
        """Open the key that signs for a participant."""
        return _open(self._custodial, participant, sealed, "custodial key")

    def seal_record_key(self, record: UUID, key: bytes) -> bytes:
        """Seal a record key for `ledger.record_key`."""
        return _seal(self._record, record, key)

    def open_record_key(self, record: UUID, sealed: bytes) -> bytes:
        """Open a record key out of `ledger.record_key`."""
        return _open(self._record, record, sealed, "record key")

    def seal_application(self, application: UUID, secrets: bytes) -> bytes:
        """Seal what an application keeps until its review."""
        return _seal(self._application, application, secrets)

    def open_application(self, application: UUID, sealed: bytes) -> bytes:
        """Open what an application kept."""
        return _open(self._application, application, sealed, "application")

    def concealed_name(self, code: str) -> bytes:
        """Index a concealed canonical code in 16 bytes that nobody without the vault can guess back."""
        return hmac(self._index, code.encode(), "sha256")[:NAME_SIZE]

    def concealed_event(self, participant: UUID, event_id: str) -> bytes:
        """Index an id of an event that its record does not show, as `concealed_name` does. No code is spelt so."""
        return self.concealed_name(f"event {participant} {event_id}")


def seal_disclosures(record: UUID, key: bytes, disclosures: list[str]) -> bytes:
    """Seal a record's disclosures under its record key alone."""
    return _seal(_disclosure_key(key), record, canonical.encode(disclosures))


def open_disclosures(record: UUID, key: bytes, sealed: bytes) -> list[str]:
    """Open a record's disclosures with its record key."""
    opened = canonical.decode(_open(_disclosure_key(key), record, sealed, "disclosures"))
    if not isinstance(opened, list):
        raise SealBrokenError(what="disclosures", owner=record)
    return [str(disclosure) for disclosure in opened]


def _disclosure_key(key: bytes) -> bytes:
    return _derive(key, b"suyuan/disclosures/v1")


def _derive(secret: bytes, label: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=label).derive(secret)


def _own_key(key: bytes, owner: UUID) -> AESGCM:
    # A key for each row: under one key, random nonces wear out after 2^32 of them (SP 800-38D, 8.3).
    return AESGCM(hmac(key, owner.bytes, sha256))


def _seal(key: bytes, owner: UUID, secret: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return _VERSION + nonce + _own_key(key, owner).encrypt(nonce, secret, _VERSION + owner.bytes)


def _open(key: bytes, owner: UUID, sealed: bytes, what: str) -> bytes:
    nonce, body = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    if sealed[:1] != _VERSION or len(nonce) != _NONCE:
        raise SealBrokenError(what=what, owner=owner)
    try:
        return _own_key(key, owner).decrypt(nonce, body, _VERSION + owner.bytes)
    except InvalidTag:
        raise SealBrokenError(what=what, owner=owner) from None
