"""Whether a record speaks of the product that was asked about, or only of some other one.

A genuine proof of another product proves nothing here. A record counts when it names the asked
code, when it is master data of that code's class, when it names a code that records of the same
answer link to the asked one, or when it amends, with the right to, a record that counts. Links
are followed in one direction at a time, towards what holds the product and what it was made of, or
towards what it holds and what was made of it: whoever turned round half-way would count the other
boxes on a pallet.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.core import code as codes
from indexer.core import event as events
from indexer.core import masterdata
from indexer.core.amending import Relation
from indexer.core.canonical import Json, Members
from indexer.core.code import Code
from indexer.core.errors import InputError
from indexer.core.record import Kind
from indexer.core.verdict import State, Step

# The roles of the two ends of a link: what is inside or came out, and what holds it or went in.
_LINKS = (("child", "parent"), ("output", "input"))
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
    linked = _linked(asked, records, named)
    found = [
        _step(asked, linked, record, names) for record, names in zip(records, named, strict=True)
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


def _linked(
    asked: Code, records: Sequence[Spoken], named: Sequence[list[events.Naming] | None]
) -> set[Code]:
    """Return every code that sound events link to `asked`, in either direction but not by turns."""
    inward: dict[Code, list[Code]] = defaultdict(list)
    outward: dict[Code, list[Code]] = defaultdict(list)
    for record, names in zip(records, named, strict=True):
        if not record.sound or not record.event or record.relation.foreign:
            continue
        for inner, outer in _LINKS:
            inside = [naming.code for naming in names or () if naming.role == inner]
            outside = [naming.code for naming in names or () if naming.role == outer]
            for code in inside:
                inward[code] += outside
            for code in outside:
                outward[code] += inside
    return _closure(asked, inward) | _closure(asked, outward)


def _closure(start: Code, ways: dict[Code, list[Code]]) -> set[Code]:
    reached, waiting = {start}, [start]
    while waiting:
        fresh = [code for code in ways.pop(waiting.pop(), ()) if code not in reached]
        reached.update(fresh)
        waiting += fresh
    return reached


def _step(
    asked: Code, linked: set[Code], record: Spoken, names: list[events.Naming] | None
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
    if record.event and not linked.isdisjoint(spoken):
        return _reached("LINK", [code for code in spoken if code in linked])
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
