"""The log's own word on its head: origin, size and root in a text that its key has signed.

The text is a C2SP checkpoint inside a C2SP signed note (Ed25519, signature type 0x01), so that any
witness or monitor of that family reads it. There is one spelling of each checkpoint: whatever
differs from it in a byte is refused. A key is known by the reader beforehand and never taken from
the note; whatever a note holds, parsing it raises nothing but EvidenceError.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from indexer.core.errors import EvidenceError, InputError
from indexer.core.merkle import MAX_SIZE

_ED25519 = b"\x01"

# The specification asks readers to bound what they take; sixteen signatures must be accepted.
_MAX_NOTE = 64 * 1024
_MAX_SIGNATURES = 64

# Unicode's White_Space above the control characters, spelt out because languages differ in theirs.
_SPACES = r" \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_NAME = re.compile(rf"[^+{_SPACES}\x00-\x1f]+")
_LINE = re.compile(rf"— (?P<name>[^+{_SPACES}\n]+) (?P<signature>[A-Za-z0-9+/]+={{0,2}})")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_KEY = re.compile(r"(?P<name>[^+]+)\+(?P<hash>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/]+={0,2})")


class NoteMisshapenError(EvidenceError):
    """A text is not a signed note, or not one with a checkpoint in it."""

    code = "NOTE_MISSHAPEN"
    sentence = "the note has not the shape of a signed checkpoint: {what}"


class NoteUnsignedError(EvidenceError):
    """None of the keys that the reader knows has signed the note."""

    code = "NOTE_UNSIGNED"
    sentence = "none of the known keys signed the note"


class NoteForgedError(EvidenceError):
    """A signature in the name of a known key is not that key's."""

    code = "NOTE_FORGED"
    sentence = "the signature in the name of {name} is not its own"


class NoteKeyError(InputError):
    """A note key, or the name of one, is not written as the standard says."""

    code = "NOTE_KEY"
    sentence = "this is not the key of a signed note"


@dataclass(frozen=True)
class Checkpoint:
    """A log's head. Nothing in it is true before a known key has signed it."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True)
class Verifier:
    """A key that signs notes, as its reader knows it: `name+hash+base64(01 ‖ public key)`."""

    name: str
    public: bytes

    @property
    def hash(self) -> bytes:
        """The four bytes by which a signature line points at this key."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        """Read a verifier key; its hash must be right and its algorithm Ed25519."""
        found = _KEY.fullmatch(text)
        key = _decoded(found["key"]) if found else None
        if not found or not key or len(key) != 33 or key[:1] != _ED25519:
            raise NoteKeyError
        verifier = cls(_named(found["name"]), key[1:])
        if verifier.hash.hex() != found["hash"]:
            raise NoteKeyError
        return verifier

    def __str__(self) -> str:
        return f"{self.name}+{self.hash.hex()}+{_encoded(_ED25519 + self.public)}"

    def check(self, text: bytes, signature: bytes) -> None:
        """Check a signature over a note's text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except InvalidSignature:
            raise NoteForgedError(name=self.name) from None


@dataclass(frozen=True)
class Signer:
    """A key that signs notes, as its owner holds it: 32 bytes of RFC 8032's secret key."""

    name: str
    private: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _named(self.name)
        if len(self.private) != 32:
            raise NoteKeyError

    @property
    def verifier(self) -> Verifier:
        """The key's public half."""
        key = Ed25519PrivateKey.from_private_bytes(self.private)
        return Verifier(self.name, key.public_key().public_bytes_raw())

    def line(self, text: bytes) -> str:
        """Sign a note's text and return the signature's line."""
        signature = Ed25519PrivateKey.from_private_bytes(self.private).sign(text)
        return f"— {self.name} {_encoded(self.verifier.hash + signature)}\n"


def format(checkpoint: Checkpoint, signers: Iterable[Signer]) -> str:  # noqa: A001 - its name abroad
    """Return the signed note of a checkpoint; the caller answers for the checkpoint's truth."""
    root = _encoded(checkpoint.root)
    text = f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n"
    if _read(text) != checkpoint:
        raise NoteMisshapenError(what="the checkpoint itself")
    return sign(text, signers)


def parse(text: str, verifiers: Sequence[Verifier]) -> Checkpoint:
    """Return the checkpoint of a note that at least one of `verifiers` signed.

    Signatures of keys not among them are ignored; one of theirs that is wrong refuses the note.
    """
    return _read(open_note(text, verifiers))


def sign(text: str, signers: Iterable[Signer]) -> str:
    """Return a signed note of any `text`, which ends in a newline."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise NoteMisshapenError(what="text")
    return text + "\n" + "".join(signer.line(text.encode()) for signer in signers)


def open_note(note: str, verifiers: Sequence[Verifier]) -> str:
    """Return the text of a note that at least one of `verifiers` signed."""
    text, lines = _parted(note)
    known = {(verifier.name, verifier.hash): verifier for verifier in verifiers}
    signed = set()
    for line in lines:
        name, key_hash, signature = _signature(line)
        verifier = known.get((name, key_hash))
        if verifier is None:
            continue
        if verifier in signed:
            raise NoteMisshapenError(what="a key signs twice")
        verifier.check(text.encode(), signature)
        signed.add(verifier)
    if not signed:
        raise NoteUnsignedError
    return text


def _parted(note: str) -> tuple[str, list[str]]:
    """Part a note at its last empty line into its text and its signature lines."""
    try:
        length = len(note.encode())
    except UnicodeEncodeError:  # lone surrogates
        raise NoteMisshapenError(what="encoding") from None
    if length > _MAX_NOTE:
        raise NoteMisshapenError(what="length")
    if _CONTROL.search(note):
        raise NoteMisshapenError(what="control characters")
    text, gap, signatures = note.rpartition("\n\n")
    lines = signatures.split("\n")
    if not gap or lines.pop() != "" or not 1 <= len(lines) <= _MAX_SIGNATURES:
        raise NoteMisshapenError(what="signature lines")
    return text + "\n", lines


def _signature(line: str) -> tuple[str, bytes, bytes]:
    """Return a signature line's name, key hash and signature."""
    found = _LINE.fullmatch(line)
    data = _decoded(found["signature"]) if found else None
    if not found or not data or len(data) < 5:
        raise NoteMisshapenError(what="a signature line")
    return found["name"], data[:4], data[4:]


def _read(text: str) -> Checkpoint:
    """Read a checkpoint's text. Extension lines are allowed and mean nothing here."""
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 3 or "" in lines:
        raise NoteMisshapenError(what="lines")
    origin, size, encoded = lines[:3]
    if not _SIZE.fullmatch(size) or int(size) > MAX_SIZE:
        raise NoteMisshapenError(what="size")
    root = _decoded(encoded)
    if root is None or len(root) != 32:
        raise NoteMisshapenError(what="root")
    return Checkpoint(origin, int(size), root)


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise NoteKeyError
    return name


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(text: str) -> bytes | None:
    """Decode base64 in its one spelling, or return None."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if _encoded(data) == text else None
