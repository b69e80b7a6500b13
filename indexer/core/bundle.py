"""The evidence for a code's history, as one file that anybody can carry away and check elsewhere.

A bundle is the answering party's word: reading it here gives it a shape and nothing more. What is
true of it, indexer.core.proof says, against trust and sightings that came another way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from indexer.core import canonical
from indexer.core.canonical import Json, Members
from indexer.core.reading import At

FORMAT = "suyuan/bundle/v1"

# A content may itself be as deep as JSON is admitted; the bundle, its list and the entry lie around.
_AROUND_CONTENT = 3


@dataclass(frozen=True)
class Block:
    """The block an anchor lies in; `time` is in seconds since 1970, as blocks are stamped."""

    number: int
    hash: bytes
    time: int


@dataclass(frozen=True)
class Anchor:
    """A log's head as the contract took it; `number` counts the log's anchors."""

    number: int
    old_size: int
    size: int
    root: bytes
    transaction: bytes
    block: Block

    @classmethod
    def read(cls, at: At) -> "Anchor":
        """Read an anchor where a bundle or a sighting holds one."""
        block = at["block"]
        return cls(
            number=at["number"].number(),
            old_size=at["oldSize"].number(),
            size=at["size"].number(),
            root=at["root"].hex(32),
            transaction=at["transaction"].hex(32),
            block=Block(block["number"].number(), block["hash"].hex(32), block["time"].number()),
        )

    def members(self) -> Members:
        """Return the anchor as JSON."""
        block = self.block
        return {
            "number": self.number,
            "oldSize": self.old_size,
            "size": self.size,
            "root": self.root.hex(),
            "transaction": self.transaction.hex(),
            "block": {"number": block.number, "hash": block.hash.hex(), "time": block.time},
        }


@dataclass(frozen=True)
class Signed:
    """The submission a record came in: whose, signed with which key (its address), and how."""

    participant: UUID
    key: bytes
    sequence: int
    count: int
    root: bytes
    signature: bytes

    @classmethod
    def read(cls, at: At) -> "Signed":
        """Read a submission."""
        return cls(
            participant=at["participant"].uuid(),
            key=at["key"].hex(20),
            sequence=at["sequence"].number(),
            count=at["count"].number(1, 2**32 - 1),
            root=at["root"].hex(32),
            signature=at["signature"].hex(65),
        )

    def members(self) -> Members:
        """Return the submission as JSON."""
        return {
            "participant": str(self.participant),
            "key": self.key.hex(),
            "sequence": self.sequence,
            "count": self.count,
            "root": self.root.hex(),
            "signature": self.signature.hex(),
        }


@dataclass(frozen=True)
class Logged:
    """A record's place in the log and its path to the anchored root."""

    index: int
    path: Sequence[bytes]


@dataclass(frozen=True)
class Approved:
    """The operator's signed word that a record may amend another; `at` is in seconds since 1970."""

    at: int
    signature: bytes

    @classmethod
    def read(cls, at: At) -> "Approved":
        """Read an approval."""
        return cls(at["at"].number(), at["signature"].hex(65))

    def members(self) -> Members:
        """Return the approval as JSON."""
        return {"at": self.at, "signature": self.signature.hex()}


@dataclass(frozen=True)
class Entry:
    """One record with all that proves it; `received_at` is in milliseconds.

    `content` is any JSON object: whether it is a record's content is for the check to say.
    `logged` is None until the record lies under a final anchor.
    """

    id: UUID
    content: Members
    disclosures: Sequence[str]
    submission: Signed
    position: int
    submission_path: Sequence[bytes]
    received_at: int
    logged: Logged | None
    approval: Approved | None = None

    @classmethod
    def read(cls, at: At) -> "Entry":
        """Read one record of a bundle."""
        index, path, approval = at["index"], at["path"], at["approval"]
        # Half a place in the log is a mistake of whoever wrote the file.
        unlogged = index.is_null() and path.is_null()
        return cls(
            id=at["id"].uuid(),
            content=at["content"].members(),
            disclosures=[item.text() for item in at["disclosures"].items()],
            submission=Signed.read(at["submission"]),
            position=at["position"].number(),
            submission_path=at["submissionPath"].hashes(),
            received_at=at["receivedAt"].number(),
            logged=None if unlogged else Logged(index.number(), path.hashes()),
            approval=None if approval.is_null() else Approved.read(approval),
        )

    def members(self) -> Members:
        """Return the record as JSON."""
        path: Json = _hexed(self.logged.path) if self.logged else None
        return {
            "id": str(self.id),
            "content": self.content,
            "disclosures": list(self.disclosures),
            "submission": self.submission.members(),
            "position": self.position,
            "submissionPath": _hexed(self.submission_path),
            "receivedAt": self.received_at,
            "index": self.logged.index if self.logged else None,
            "path": path,
            "approval": self.approval.members() if self.approval else None,
        }


@dataclass(frozen=True)
class Missing:
    """A record that the answering party says there was, and whose content it no longer has."""

    id: UUID
    index: int | None

    def members(self) -> Members:
        """Return the gap as JSON."""
        return {"id": str(self.id), "index": self.index}


@dataclass(frozen=True)
class Bundle:
    """What one party answers about a code, with its evidence."""

    origin: str
    checkpoint: str | None
    anchor: Anchor | None
    records: Sequence[Entry]
    missing: Sequence[Missing] = ()

    @classmethod
    def from_json(cls, data: bytes) -> "Bundle":
        """Read a bundle; InputError names the place of what is amiss."""
        at = At(canonical.decode(data, canonical.DEPTH + _AROUND_CONTENT))
        at["format"].word(FORMAT)
        note, anchor = at["checkpoint"], at["anchor"]
        return cls(
            origin=at["origin"].text(),
            checkpoint=None if note.is_null() else note.text(),
            anchor=None if anchor.is_null() else Anchor.read(anchor),
            records=[Entry.read(item) for item in at["records"].items()],
            missing=[_missing(item) for item in at["missing"].items()],
        )

    def to_json(self) -> bytes:
        """Write the bundle in its canonical spelling."""
        return canonical.encode(self.members())

    def members(self) -> Members:
        """Return the bundle as JSON."""
        return {
            "format": FORMAT,
            "origin": self.origin,
            "checkpoint": self.checkpoint,
            "anchor": self.anchor.members() if self.anchor else None,
            "records": [entry.members() for entry in self.records],
            "missing": [gap.members() for gap in self.missing],
        }


def _missing(at: At) -> Missing:
    index = at["index"]
    return Missing(at["id"].uuid(), None if index.is_null() else index.number())


def _hexed(hashes: Sequence[bytes]) -> list[Json]:
    return [value.hex() for value in hashes]
