"""What is remarked about a recorded event: rule by rule, over the event and what else is recorded of its things.

Nothing is refused here. Where two records do not fit together the one that entered the log later is remarked, so that
each misfit is told once, whichever of them it was that came late. A rule that lacks part of the history says nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from gateway.summary import word
from indexer.core import code
from indexer.core.canonical import Json, Members
from indexer.core.code import Level
from indexer.core.errors import InputError
from indexer.core.event import Naming
from indexer.core.eventhash import event_hash
from indexer.core.pointer import escape


class Rule(StrEnum):
    """What can be remarked."""

    TIME_AHEAD = "TIME_AHEAD"
    BEFORE_COMMISSIONING = "BEFORE_COMMISSIONING"
    AFTER_END = "AFTER_END"
    PACKED_TWICE = "PACKED_TWICE"
    NOT_PACKED = "NOT_PACKED"
    PARENT_UNKNOWN = "PARENT_UNKNOWN"
    INPUT_UNKNOWN = "INPUT_UNKNOWN"
    QUANTITY_EXCEEDED = "QUANTITY_EXCEEDED"
    CONTENT_REPEATED = "CONTENT_REPEATED"
    ID_REPEATED = "ID_REPEATED"
    CODE_MALFORMED = "CODE_MALFORMED"
    DECLARATION_UNKNOWN = "DECLARATION_UNKNOWN"


SAYS: Final[Mapping[Rule, str]] = {
    Rule.TIME_AHEAD: "the event is said to have happened after it was received",
    Rule.BEFORE_COMMISSIONING: "an event of the thing lies before its commissioning",
    Rule.AFTER_END: "an event of the thing lies after its decommissioning or destruction",
    Rule.PACKED_TWICE: "the thing was packed again without having been unpacked",
    Rule.NOT_PACKED: "the thing was unpacked from where it had not been packed",
    Rule.PARENT_UNKNOWN: "nobody recorded the parent before it was used as one",
    Rule.INPUT_UNKNOWN: "nobody recorded the input before it was used as one",
    Rule.QUANTITY_EXCEEDED: "more of the lot was used or shipped than was made or received",
    Rule.CONTENT_REPEATED: "the same event was recorded already",
    Rule.ID_REPEATED: "another event was recorded under the same eventID",
    Rule.CODE_MALFORMED: "the code announces a GS1 key and does not hold one, so it stands for itself",
    Rule.DECLARATION_UNKNOWN: "the error declaration is about an event that was not recorded here",
}

_CLOCKS_APART = timedelta(minutes=1)
_ENDS = frozenset({"decommissioning", "destroying"})
_SINGLE = frozenset({Level.INSTANCE, Level.UNSAID})
# What an event names beside the things it lists.
_DERIVED = frozenset({"lot", "transformation", "place"})
_PLACES = (("readPoint", "id"), ("bizLocation", "id"))
_PARTIES = (("sourceList", "source"), ("destinationList", "destination"))


@dataclass(frozen=True)
class Known:
    """A recorded event, opened, with what it names and where it stands in the log."""

    record: UUID
    index: int
    participant: UUID
    received_at: int  # ms since 1970
    at: datetime
    event: Members = field(repr=False)
    names: Sequence[Naming] = field(repr=False)

    @property
    def type(self) -> str:
        """Return the event's type."""
        return str(self.event.get("type"))

    @property
    def step(self) -> str | None:
        """Return the event's business step, as a bare word where it is GS1's."""
        return word(self.event.get("bizStep"))

    @property
    def void(self) -> bool:
        """Whether it declares an error, and so states nothing of things."""
        return "errorDeclaration" in self.event

    def roles(self, canonical: str) -> set[str]:
        """Tell as what it names a code."""
        return {one.role for one in self.names if code.canonical(one.code) == canonical}


@dataclass(frozen=True)
class History:
    """The other events that name a code; not `whole` where there are too many to read."""

    events: Sequence[Known] = ()
    whole: bool = True


Past = Mapping[str, History]


@dataclass(frozen=True)
class Fault:
    """One thing that does not fit: by which rule, where in the event, with which other records."""

    rule: Rule
    place: str
    others: tuple[UUID, ...] = ()


def single(naming: Naming) -> bool:
    """Tell whether a single thing is named, and not a class, a lot, or what was derived."""
    listed = not naming.pointer.endswith("/epcClass") and naming.role not in _DERIVED
    return listed and code.level(naming.code) in _SINGLE


def alone(one: Known) -> Iterator[Fault]:
    """Judge an event by itself."""
    received = datetime.fromtimestamp(one.received_at / 1000, UTC)
    if one.at > received + _CLOCKS_APART:
        yield Fault(Rule.TIME_AHEAD, "/eventTime")
    if one.void:
        yield Fault(Rule.DECLARATION_UNKNOWN, "/errorDeclaration")
    for place, text in _codes(one):
        if text.lower().startswith("urn:epc:") and not _sound(text):
            yield Fault(Rule.CODE_MALFORMED, place)


def repeated(one: Known, past: Past, same_id: Iterable[Known]) -> Iterator[Fault]:
    """Find the same event under another id, and another event under the same id."""
    own = None
    met: dict[UUID, Known] = {known.record: known for known in _all(past)}
    again = []
    for known in met.values():
        alike = (known.participant, known.type, known.at) == (one.participant, one.type, one.at)
        if alike and known.index < one.index:
            own = own or event_hash(one.event)
            again += [known] if event_hash(known.event) == own else []
    if again:
        yield Fault(Rule.CONTENT_REPEATED, "", _records(again))
    same = {known.record for known in again}
    others = [it for it in same_id if it.index < one.index and it.record not in same]
    others = [it for it in others if event_hash(it.event) != (own or event_hash(one.event))]
    if others:
        yield Fault(Rule.ID_REPEATED, "/eventID", _records(others))


def ordered(one: Known, past: Past) -> Iterator[Fault]:
    """Hold an event to when its things came into being and when they ended."""
    for naming in filter(single, one.names):
        text = code.canonical(naming.code)
        history = past.get(text, History())
        if not history.whole:
            continue
        before = [it for it in history.events if it.index < one.index]
        births = [it.at for it in history.events if _born(it, text)]
        early = [it for it in before if _too_early(text, one, it, births)]
        if early:
            yield Fault(Rule.BEFORE_COMMISSIONING, naming.pointer, _records(early))
        late = [it for it in before if _too_late(text, one, it, births)]
        if late:
            yield Fault(Rule.AFTER_END, naming.pointer, _records(late))


def unknown(one: Known, past: Past) -> Iterator[Fault]:
    """Find parents and inputs that nobody recorded, at their first use."""
    for naming in one.names:
        if naming.role == "parent" and one.type in ("AggregationEvent", "AssociationEvent"):
            rule = Rule.PARENT_UNKNOWN
        elif naming.role == "input" and code.level(naming.code) is not Level.CLASS:
            rule = Rule.INPUT_UNKNOWN
        else:
            continue
        text = code.canonical(naming.code)
        history = past.get(text, History())
        elsewhere = any(
            it.index < one.index or it.roles(text) - {naming.role} for it in history.events
        )
        if history.whole and not elsewhere:
            yield Fault(rule, naming.pointer)


def _too_early(text: str, one: Known, other: Known, births: Sequence[datetime]) -> bool:
    """Tell whether one of the two is the first commissioning and the other lies before it."""
    first, later = sorted((one, other), key=lambda it: it.at)
    if first.at == later.at or not _born(later, text) or _born(first, text):
        return False
    return not any(at <= first.at for at in births) and later.at <= min(births, default=later.at)


def _too_late(text: str, one: Known, other: Known, births: Sequence[datetime]) -> bool:
    """Tell whether one of the two is the thing's end and the other lies behind it, without a new beginning."""
    first, later = sorted((one, other), key=lambda it: it.at)
    if first.at == later.at or not _ended(first, text) or _ended(later, text):
        return False
    return not _born(later, text) and not any(first.at <= at <= later.at for at in births)


def _born(known: Known, text: str) -> bool:
    roles = known.roles(text)
    made = known.type == "ObjectEvent" and known.event.get("action") == "ADD" and "epc" in roles
    return made or "output" in roles


def _ended(known: Known, text: str) -> bool:
    gone = known.event.get("action") == "DELETE" or known.step in _ENDS
    return known.type == "ObjectEvent" and gone and "epc" in known.roles(text)


def _codes(one: Known) -> Iterator[tuple[str, str]]:
    """List the codes that an event names things, places and parties by, as they were sent."""
    for naming in one.names:
        if naming.role not in _DERIVED:
            yield naming.pointer, str(_at(one.event, naming.pointer))
    for member, inner in _PLACES:
        yield from _text(one.event.get(member), escape(member), inner)
    for member, inner in _PARTIES:
        listed = one.event.get(member)
        for at, item in enumerate(listed if isinstance(listed, list) else ()):
            yield from _text(item, escape(member) + escape(at), inner)


def _text(value: Json, place: str, inner: str) -> Iterator[tuple[str, str]]:
    text = value.get(inner) if isinstance(value, dict) else None
    if isinstance(text, str):
        yield place + escape(inner), text


def _at(value: Json, place: str) -> Json:
    for step in place.split("/")[1:]:
        if isinstance(value, list):
            value = value[int(step)]
        elif isinstance(value, dict):
            value = value[step]
    return value


def _sound(text: str) -> bool:
    try:
        code.parse(text)
    except InputError:
        return False
    return True


def _all(past: Past) -> Iterator[Known]:
    for history in past.values():
        yield from history.events


def _records(found: Iterable[Known]) -> tuple[UUID, ...]:
    return tuple(one.record for one in sorted(found, key=lambda it: it.index))
