"""Who states it: a submission binds a key to its records, a receipt the log to them, an approval lets a record amend.

All are EIP-712 structures, packed by hand because their hashing is what every record waits for; a property test holds
the packing to eth-account's. The field lists are frozen: another list is another signature.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

import sha3
from coincurve import PrivateKey, PublicKey

from indexer.core import merkle
from indexer.core.errors import EvidenceError, InputError

DOMAIN = {"name": "Suyuan", "version": "1"}
SEQUENCE_LIMIT = 2**53

_DOMAIN_FIELDS = "EIP712Domain(string name,string version)"
_ORDER = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141


class MisshapenSubmissionError(InputError):
    """A field that does not fit its place in the signed structure."""

    code = "SUBMISSION_MISSHAPEN"
    sentence = "the field at {place} does not fit"


class MisshapenSignatureError(EvidenceError):
    """Bytes that are no signature in the one form we admit: r‖s‖v, low s, v 27 or 28."""

    code = "SIGNATURE_MISSHAPEN"
    sentence = "the signature is malformed: {reason}"


def keccak(data: bytes) -> bytes:
    """Hash as Ethereum does."""
    digest: bytes = sha3.keccak_256(data).digest()
    return digest


def log_id(origin: str) -> bytes:
    """Name a log on chain by its origin line."""
    return keccak(origin.encode())


def root(digests: Sequence[bytes]) -> bytes:
    """Combine record digests, in order, into what a submission signs: RFC 6962's tree with the digests as leaf data."""
    return merkle.root([merkle.leaf_hash(digest) for digest in digests])


def _separator() -> bytes:
    return keccak(
        keccak(_DOMAIN_FIELDS.encode())
        + keccak(DOMAIN["name"].encode())
        + keccak(DOMAIN["version"].encode())
    )


_PREFIX = b"\x19\x01" + _separator()


def _bytes(value: bytes, size: int, name: str) -> bytes:
    if len(value) != size:
        raise MisshapenSubmissionError(place=f"/{name}")
    return value


def _uint(value: int, limit: int, name: str, least: int = 0) -> bytes:
    if not least <= value < limit:
        raise MisshapenSubmissionError(place=f"/{name}")
    return value.to_bytes(32, "big")


@dataclass(frozen=True)
class Submission:
    """What a participant signs: these records, in this order, as its `sequence`-th submission to this log."""

    log: bytes
    participant: UUID
    sequence: int
    count: int
    root: bytes

    FIELDS: ClassVar[str] = (
        "bytes32 log,bytes16 participant,uint64 sequence,uint32 count,bytes32 root"
    )

    def __post_init__(self) -> None:
        self._words()

    def _words(self) -> bytes:
        return (
            _bytes(self.log, 32, "log")
            + self.participant.bytes.ljust(32, b"\0")
            + _uint(self.sequence, SEQUENCE_LIMIT, "sequence")
            + _uint(self.count, 2**32, "count", least=1)
            + _bytes(self.root, 32, "root")
        )

    def signing_hash(self) -> bytes:
        """Hash to the 32 bytes that are signed."""
        return _signing_hash("Submission", self.FIELDS, self._words())

    def typed_data(self) -> dict[str, object]:
        """Spell the structure for wallets and libraries that hash EIP-712 themselves."""
        return _typed_data(
            "Submission",
            self.FIELDS,
            {
                "log": "0x" + self.log.hex(),
                "participant": "0x" + self.participant.hex,
                "sequence": self.sequence,
                "count": self.count,
                "root": "0x" + self.root.hex(),
            },
        )


@dataclass(frozen=True)
class Receipt:
    """What the log's receipt key signs: it has this submission and will anchor it in time.

    `received_at` is in milliseconds, `anchor_by` in seconds, as blocks are stamped; both since 1970 in UTC.
    """

    log: bytes
    participant: UUID
    key: bytes
    sequence: int
    count: int
    root: bytes
    received_at: int
    anchor_by: int

    FIELDS: ClassVar[str] = (
        "bytes32 log,bytes16 participant,address key,uint64 sequence,uint32 count,bytes32 root,"
        "uint64 receivedAt,uint64 anchorBy"
    )

    def __post_init__(self) -> None:
        self._words()

    def _words(self) -> bytes:
        return (
            _bytes(self.log, 32, "log")
            + self.participant.bytes.ljust(32, b"\0")
            + _bytes(self.key, 20, "key").rjust(32, b"\0")
            + _uint(self.sequence, SEQUENCE_LIMIT, "sequence")
            + _uint(self.count, 2**32, "count", least=1)
            + _bytes(self.root, 32, "root")
            + _uint(self.received_at, SEQUENCE_LIMIT, "receivedAt")
            + _uint(self.anchor_by, SEQUENCE_LIMIT, "anchorBy")
        )

    def signing_hash(self) -> bytes:
        """Hash to the 32 bytes that are signed."""
        return _signing_hash("Receipt", self.FIELDS, self._words())

    def typed_data(self) -> dict[str, object]:
        """Spell the structure for wallets and libraries that hash EIP-712 themselves."""
        return _typed_data(
            "Receipt",
            self.FIELDS,
            {
                "log": "0x" + self.log.hex(),
                "participant": "0x" + self.participant.hex,
                "key": "0x" + self.key.hex(),
                "sequence": self.sequence,
                "count": self.count,
                "root": "0x" + self.root.hex(),
                "receivedAt": self.received_at,
                "anchorBy": self.anchor_by,
            },
        )


@dataclass(frozen=True)
class Approval:
    """What the log's operator signs: the record of this digest may amend another; `at` is in seconds since 1970."""

    log: bytes
    digest: bytes
    at: int

    FIELDS: ClassVar[str] = "bytes32 log,bytes32 digest,uint64 at"

    def __post_init__(self) -> None:
        self._words()

    def _words(self) -> bytes:
        return (
            _bytes(self.log, 32, "log")
            + _bytes(self.digest, 32, "digest")
            + _uint(self.at, SEQUENCE_LIMIT, "at")
        )

    def signing_hash(self) -> bytes:
        """Hash to the 32 bytes that are signed."""
        return _signing_hash("Approval", self.FIELDS, self._words())

    def typed_data(self) -> dict[str, object]:
        """Spell the structure for wallets and libraries that hash EIP-712 themselves."""
        return _typed_data(
            "Approval",
            self.FIELDS,
            {"log": "0x" + self.log.hex(), "digest": "0x" + self.digest.hex(), "at": self.at},
        )


def sign(signing_hash: bytes, private_key: bytes) -> bytes:
    """Sign 32 bytes with a 32-byte key as r‖s‖v, 65 bytes, deterministic (RFC 6979), low s."""
    signature = PrivateKey(private_key).sign_recoverable(signing_hash, hasher=None)
    return signature[:64] + bytes([signature[64] + 27])


def recover(signing_hash: bytes, signature: bytes) -> bytes:
    """Find the address whose key signed, 20 bytes; a signature in any other form than ours is refused."""
    if len(signature) != 65:
        raise MisshapenSignatureError(reason="it is not 65 bytes long")
    if signature[64] not in (27, 28):
        raise MisshapenSignatureError(reason="v is neither 27 nor 28")
    if not 0 < int.from_bytes(signature[32:64], "big") <= _ORDER // 2:
        raise MisshapenSignatureError(reason="s is not in the lower half")
    if not 0 < int.from_bytes(signature[:32], "big") < _ORDER:
        raise MisshapenSignatureError(reason="r is out of range")
    try:
        public = PublicKey.from_signature_and_message(
            signature[:64] + bytes([signature[64] - 27]), signing_hash, hasher=None
        )
    except ValueError:
        raise MisshapenSignatureError(reason="no key makes it") from None
    return _address(public)


def address(private_key: bytes) -> bytes:
    """Name a key as Ethereum does, 20 bytes."""
    return _address(PrivateKey(private_key).public_key)


def _address(public: PublicKey) -> bytes:
    return keccak(public.format(compressed=False)[1:])[12:]


def _signing_hash(name: str, fields: str, words: bytes) -> bytes:
    return keccak(_PREFIX + keccak(keccak(f"{name}({fields})".encode()) + words))


def _fields(fields: str) -> list[dict[str, str]]:
    return [dict(zip(("type", "name"), one.split(), strict=True)) for one in fields.split(",")]


def _typed_data(name: str, fields: str, message: dict[str, object]) -> dict[str, object]:
    domain = _DOMAIN_FIELDS.removeprefix("EIP712Domain(").removesuffix(")")
    return {
        "types": {"EIP712Domain": _fields(domain), name: _fields(fields)},
        "primaryType": name,
        "domain": dict(DOMAIN),
        "message": message,
    }
