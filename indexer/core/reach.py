"""Whether a record speaks of the product that was asked about, or only of some other one.

A genuine proof of another product proves nothing here. A record counts when it names the asked code, when it is master
data of that code's class, when it names a thing that records of the same answer lead to while that thing belongs to
the asked one's story (walk.py), or when it amends, with the right to, a record that counts. What was corrected or
withdrawn, and what declares itself an error, leads nowhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.core import code as codes
from indexer.core import event as events
from indexer.core import link, masterdata
from indexer.core.amending import Relation
from indexer.core.canonical import Json, Members
from indexer.core.code import Code
from indexer.core.errors import InputError
from indexer.core.record import Kind
from indexer.core.verdict import State, Step
from indexer.core.walk import Direction, Walk, walk

_SUPERSEDING = (Kind.AMENDMENT, Kind.WITHDRAWAL)
_SPEAKING = (Kind.EVENT, Kind.MASTER_DATA, Kind.AMENDMENT)


@dataclass(frozen=True)
class Spoken:
    """What one record says; `body` has the disclosed fields put back and is None if unreadable.

    `sound` says that none of the record's own proofs failed, so that it may link others; `relation` what it amends.
    """

    kind: int | None
    body: Members | None
    sound: bool
    relation: Relation

    @property
    def master(self) -> bool:
        """Whether it states what a class of things is, be it as a correction."""
        corrected = self.kind == Kind.AMENDMENT and masterdata.of(self.body or {}) is not None
        return self.kind == Kind.MASTER_DATA or corrected

    @property
    def event(self) -> bool:
        """Whether it states what happened, be it as a correction."""
        return self.kind in (Kind.EVENT, Kind.AMENDMENT) and not self.master


def steps(asked: Code, records: Sequence[Spoken]) -> list[Step]:
    """Return the step `code` of each record."""
    named = [_named(record) for record in records]
    walked = _walked(asked, records, named)
    found = [
        _step(asked, walked, place, record, names)
        for place, (record, names) in enumerate(zip(records, named, strict=True))
    ]
    return _amended(records, found)


def _named(record: Spoken) -> list[events.Naming] | None:
    """Return what a record names, or None where that cannot be read."""
    if record.body is None or record.kind not in _SPEAKING:
        return []
    try:
        return events.names(record.body)
    except InputError:
        return None


def _walked(
    asked: Code, records: Sequence[Spoken], named: Sequence[list[events.Naming] | None]
) -> Walk:
    """Walk in both directions over the sound events that stand."""
    over = {
        record.relation.base
        for record in records
        if record.sound and record.relation.counts and record.kind in _SUPERSEDING
    }
    stated = [
        link.read(place, record.body or {}, names or ())
        for place, (record, names) in enumerate(zip(records, named, strict=True))
        if record.sound and record.event and not record.relation.foreign and place not in over
    ]
    return walk(codes.canonical(asked), Direction.BOTH, [one for one in stated if one])


def _step(
    asked: Code, walked: Walk, place: int, record: Spoken, names: list[events.Naming] | None
) -> Step:
    if record.body is None:
        return Step("code", State.UNCHECKED, "CONTENT_UNREADABLE")
    if names is None:
        return Step("code", State.UNKNOWN, "EVENT_UNREADABLE")
    spoken = [naming.code for naming in names]
    if asked in spoken:
        return _reached("CODE", [asked])
    if record.master and codes.parent(asked) in spoken:
        return _reached("CLASS", [code for code in spoken if code == codes.parent(asked)])
    if record.event and (linked := walked.named(place, link.moment(record.body), names)):
        return _reached("LINK", [naming.code for naming in linked])
    return Step("code", State.UNKNOWN, "CODE_NOT_NAMED")


def _reached(way: str, reached: Sequence[Code]) -> Step:
    named: list[Json] = [codes.canonical(code) for code in dict.fromkeys(reached)]
    return Step("code", State.VERIFIED, None, {"by": way, "codes": named})


def _amended(records: Sequence[Spoken], found: list[Step]) -> list[Step]:
    """Let what amends a record speak of whatever that one speaks of, and what may not amend it of nothing."""
    made: list[Step] = []
    for record, step in zip(records, found, strict=True):
        base = None if record.relation.base is None else made[record.relation.base]
        if record.relation.foreign:
            made.append(Step("code", State.UNKNOWN, "AMENDS_FOREIGN"))
        elif (
            record.body is not None
            and step.state is not State.VERIFIED
            and base is not None
            and base.state is State.VERIFIED
        ):
            # Who amends what is said of a class speaks of the class, and of none of its pieces.
            by = "CLASS" if base.facts["by"] == "CLASS" else "AMENDS"
            made.append(Step("code", State.VERIFIED, None, base.facts | {"by": by}))
        else:
            made.append(step)
    return made
