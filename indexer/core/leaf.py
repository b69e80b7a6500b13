"""A leaf of the log read back into what it says, by whoever has the log and not the store.

The layouts are record.py's, which writes them; what does not have one of them is no leaf this version knows, and is
refused rather than guessed at.
"""

from dataclasses import dataclass
from uuid import UUID

from indexer.core.errors import EvidenceError

_VERSION = b"\x01"
_SUBMISSION = b"\x00"
_SUBMISSION_SIZE = 147
_RECORD_SIZE = 42


class LeafUnknownError(EvidenceError):
    """A leaf is not of a layout this version knows."""

    code = "LEAF_UNKNOWN"
    sentence = "these {length} bytes are not the leaf of a {what}"


@dataclass(frozen=True)
class SubmissionLeaf:
    """What goes before a submission's records; `key` is the signer's address."""

    participant: UUID
    key: bytes
    sequence: int
    count: int
    root: bytes
    signature: bytes


@dataclass(frozen=True)
class RecordLeaf:
    """One record; `received_at` is in milliseconds since 1970."""

    kind: int
    received_at: int
    digest: bytes


def parse_submission_leaf(data: bytes) -> SubmissionLeaf:
    """Read the leaf that `record.submission_leaf` lays out."""
    if len(data) != _SUBMISSION_SIZE or data[:2] != _VERSION + _SUBMISSION:
        raise LeafUnknownError(length=len(data), what="submission")
    return SubmissionLeaf(
        participant=UUID(bytes=data[2:18]),
        key=data[18:38],
        sequence=int.from_bytes(data[38:46], "big"),
        count=int.from_bytes(data[46:50], "big"),
        root=data[50:82],
        signature=data[82:],
    )


def parse_record_leaf(data: bytes) -> RecordLeaf:
    """Read the leaf that `record.record_leaf` lays out."""
    if len(data) != _RECORD_SIZE or data[:1] != _VERSION or data[1:2] == _SUBMISSION:
        raise LeafUnknownError(length=len(data), what="record")
    return RecordLeaf(kind=data[1], received_at=int.from_bytes(data[2:10], "big"), digest=data[10:])
