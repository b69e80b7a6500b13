"""A receipt held to the chain and the log: whether what it promised was kept, is still open, or was broken.

Pure: who gathers the facts says from whose node they are. A receipt is the gateway's promise that one submission stands
in the log under an anchor whose block is stamped no later than `anchorBy`. If this changes, an enterprise and a court
could come to different ends over the same receipt.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from indexer.core import merkle, record, submission
from indexer.core.canonical import Json
from indexer.core.errors import EvidenceError
from indexer.core.merkle import MAX_SIZE
from indexer.core.reading import At
from indexer.core.submission import Receipt


class Outcome(StrEnum):
    """What became of a promise."""

    HOLDS = "HOLDS"  # covered, and in time as far as can be told
    PENDING = "PENDING"  # not covered, and there is time
    LATE = "LATE"  # covered, but by no anchor in time
    ANCHOR_LATE = "ANCHOR_LATE"  # not covered, and nothing was anchored since: an outage
    RECEIPT_BROKEN = (
        "RECEIPT_BROKEN"  # a final anchor after the deadline does not cover it: misconduct
    )
    FORGED = "FORGED"  # no key that ever served the log signed it


SOUND = frozenset({Outcome.HOLDS, Outcome.PENDING})


@dataclass(frozen=True)
class Head:
    """A head of the log on chain; number 0 before the first anchor."""

    number: int
    size: int
    root: bytes


@dataclass(frozen=True)
class Promise:
    """A receipt as the gateway answered it, with the submission's own signature, which stands in the leaf."""

    submission: UUID
    said: Receipt
    signature: bytes
    receipt_key: bytes
    receipt: bytes

    @classmethod
    def read(cls, answer: Json) -> "Promise":
        """Read what `POST /api/v1/submissions` answered; the log's name is not in it, `of` adds it."""
        at = At(answer)
        said = Receipt(
            log=bytes(32),
            participant=at["participant"].uuid(),
            key=at["key"].hex(20),
            sequence=at["sequence"].number(most=MAX_SIZE - 1),
            count=at["count"].number(least=1, most=2**32 - 1),
            root=at["root"].hex(32),
            received_at=at["receivedAt"].number(),
            anchor_by=at["anchorBy"].number(),
        )
        return cls(
            submission=at["submission"].uuid(),
            said=said,
            signature=at["signature"].hex(65),
            receipt_key=at["receipt"]["key"].hex(20),
            receipt=at["receipt"]["signature"].hex(65),
        )

    def of(self, origin: str) -> "Promise":
        """Take the receipt as one of the log of this name."""
        said = replace(self.said, log=submission.log_id(origin))
        return replace(self, said=said)

    def signed(self) -> bool:
        """Tell whether the key that the receipt names signed it, for this log."""
        try:
            signer = submission.recover(self.said.signing_hash(), self.receipt)
        except EvidenceError:
            return False
        return signer == self.receipt_key

    def leaf_hash(self) -> bytes:
        """Hash the leaf at which the submission has to stand in the log."""
        said = self.said
        leaf = record.submission_leaf(
            said.participant, said.key, said.sequence, said.count, said.root, self.signature
        )
        return merkle.leaf_hash(leaf)


@dataclass(frozen=True)
class Seen:
    """What one party's node and the public log show.

    `served`: the receipt's signer is or was the log's receipt key. `head`: the log's newest final head. `due`: its head
    in the last block stamped no later than the deadline, None where the node cannot look back so far. `index`: where
    the submission's leaf was proven to stand under `head`, None if it stands nowhere. `now`: seconds since 1970.
    """

    served: bool
    head: Head
    due: Head | None
    index: int | None
    now: int


def judge(promise: Promise, seen: Seen) -> Outcome:
    """Say what became of a promise."""
    if not promise.signed() or not seen.served:
        return Outcome.FORGED
    if _covers(seen.head, seen.index, promise):
        in_time = seen.due is None or _covers(seen.due, seen.index, promise)
        return Outcome.HOLDS if in_time else Outcome.LATE
    if seen.now <= promise.said.anchor_by:
        return Outcome.PENDING
    if seen.due is None or seen.head.number <= seen.due.number:
        return Outcome.ANCHOR_LATE
    return Outcome.RECEIPT_BROKEN


def _covers(head: Head, index: int | None, promise: Promise) -> bool:
    """Tell whether a head covers the submission's leaf and all its records'. What a head covers later ones do too."""
    return index is not None and index + promise.said.count < head.size
