"""What happened to a product: EPCIS 2.0 events, checked member by member before anybody signs them.

The gate is narrower than the standard where a trace needs it: an event names at least one thing, names it by a URI
whose check digit is right, and says when with a zone. What passes is stored and hashed as it came; nothing is added.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from indexer.core import masterdata, shape, topics
from indexer.core.canonical import Json, Members
from indexer.core.code import Code
from indexer.core.epcis import CONTEXT, OBJECT_EVENT, read_code
from indexer.core.errors import InputError
from indexer.core.pointer import escape
from indexer.core.record import Kind

SCHEMA = "epcis/2.0"

_EVENTS = frozenset(
    {
        "ObjectEvent",
        "AggregationEvent",
        "TransactionEvent",
        "TransformationEvent",
        "AssociationEvent",
    }
)
# Where each type names things: member, what the thing is there, and the member that names it where items are objects.
_NAMING = (
    ("epcList", "epc", None),
    ("quantityList", "epc", "epcClass"),
    ("parentID", "parent", None),
    ("childEPCs", "child", None),
    ("childQuantityList", "child", "epcClass"),
    ("inputEPCList", "input", None),
    ("inputQuantityList", "input", "epcClass"),
    ("outputEPCList", "output", None),
    ("outputQuantityList", "output", "epcClass"),
)
_DOCUMENT = shape.members(
    {
        "@context": CONTEXT,
        "type": shape.pattern("EPCISDocument", "EPCISDocument"),
        "schemaVersion": shape.pattern(r"2\.[0-9]+(?:\.[0-9]+)*", "a version 2 of EPCIS"),
        "creationDate": shape.moment,
        "epcisBody": shape.members({"eventList": shape.array(shape.mapping)}, {}),
    },
    {
        **dict.fromkeys(("id", "sender", "receiver", "instanceIdentifier"), shape.text),
        "epcisHeader": shape.mapping,
    },
)

_DECLARATION = shape.members(
    {"declarationTime": shape.moment},
    {"reason": shape.text, "correctiveEventIDs": shape.array(shape.text)},
)


class UnsupportedTypeError(InputError):
    """A type of event that is not accepted yet, or none."""

    code = "EVENT_TYPE_UNSUPPORTED"
    sentence = "events of type {type} are not accepted; ObjectEvent is"


class DeclarationMisplacedError(InputError):
    """An error declaration that comes as an event of its own."""

    code = "EVENT_DECLARATION_MISPLACED"
    sentence = (
        "an error declaration withdraws an earlier event: send it as kind 4 with the digest of the record it `amends`, "
        "or unsigned with that event's eventID"
    )


class NothingNamedError(InputError):
    """An event about nothing: no trace could ever reach it."""

    code = "EVENT_NAMES_NOTHING"
    sentence = "the event names no thing in epcList and none in quantityList"


class NamedTwiceError(InputError):
    """An event that lists one thing twice."""

    code = "EVENT_NAMES_TWICE"
    sentence = "the thing at {place} is listed already"


class MisplacedIlmdError(InputError):
    """Instance and lot master data outside the event that brings things into being."""

    code = "EVENT_ILMD_MISPLACED"
    sentence = "ilmd belongs to events with action ADD alone"


@dataclass(frozen=True)
class Naming:
    """One thing that an event names: as what, where (a JSON Pointer), and which."""

    role: str
    pointer: str
    code: Code


def check(event: Json) -> None:
    """Refuse, with its place, whatever keeps an event or master data from being recorded."""
    if not isinstance(event, dict):
        raise shape.ShapeError(place="", expected="an object")
    if schema := masterdata.of(event):
        schema.check(event)
        return
    topics.check(event)
    kind = event.get("type")
    if kind == "ObjectEvent":
        _check_object_event(event)
    elif kind is None:
        raise shape.MissingMemberError(place="/type")
    else:
        raise UnsupportedTypeError(place="/type", type=repr(kind)[:80])


def check_declaration(event: Members) -> None:
    """Refuse an error declaration that is not an event's, or not of its shape (EPCIS 2.0, 7.4.1.4)."""
    _DECLARATION(event.get("errorDeclaration"), "/errorDeclaration")
    check({name: value for name, value in event.items() if name != "errorDeclaration"})


def names(event: Members) -> list[Naming]:
    """List the things that an event or a body names; what is concealed names nothing.

    All five types of EPCIS are read, and master data name what they describe.
    """
    if masterdata.of(event):
        return [Naming(*one) for one in masterdata.naming(event)]
    found: list[Naming] = []
    if str(event.get("type")) not in _EVENTS:
        return found
    for member, role, inner in _NAMING:
        value = event.get(member)
        if value is None:
            continue
        if member == "parentID":
            found.append(Naming(role, "/parentID", read_code(value, "/parentID")))
        else:
            found.extend(_listed(value, escape(member), role, inner))
    return found


def named(content: Members) -> list[Naming]:
    """List the things that a record's content names: what it states of them, be it as a correction.

    A withdrawal and a notice of erasure name nothing; they are found by what they amend.
    """
    body = content["body"]
    stating = content["kind"] in (Kind.EVENT, Kind.MASTER_DATA, Kind.AMENDMENT)
    return names(body) if stating and isinstance(body, dict) else []


def instant(event: Members) -> datetime:
    """Read when an event happened, in UTC."""
    if "eventTime" not in event:
        raise shape.MissingMemberError(place="/eventTime")
    return shape.read_moment(event["eventTime"], "/eventTime")


def split(document: Json) -> list[Members]:
    """Take an EPCIS document apart; each event carries away the context it was written in.

    The fourth of the events stood at `/epcisBody/eventList/3`.
    """
    _DOCUMENT(document, "")
    if not isinstance(document, dict) or not isinstance(document["epcisBody"], dict):
        return []
    events = document["epcisBody"]["eventList"]
    around = document["@context"]
    return [
        {**event, "@context": _context(around, event.get("@context"))}
        for event in (events if isinstance(events, list) else [])
        if isinstance(event, dict)
    ]


def _context(around: Json, own: Json) -> Json:
    if own is None:
        return around
    return [*_entries(around), *_entries(own)]


def _entries(context: Json) -> list[Json]:
    return context if isinstance(context, list) else [context]


def _check_object_event(event: Members) -> None:
    if "errorDeclaration" in event:
        raise DeclarationMisplacedError(place="/errorDeclaration")
    OBJECT_EVENT(event, "")
    if not event.get("epcList") and not event.get("quantityList"):
        raise NothingNamedError(place="/epcList")
    if "ilmd" in event and event["action"] != "ADD":
        raise MisplacedIlmdError(place="/ilmd")
    seen: set[tuple[str, Code]] = set()
    for naming in names(event):
        key = (naming.pointer.split("/")[1], naming.code)
        if key in seen:
            raise NamedTwiceError(place=naming.pointer)
        seen.add(key)


def _listed(value: Json, place: str, role: str, inner: str | None) -> Iterator[Naming]:
    if not isinstance(value, list):
        raise shape.ShapeError(place=place, expected="a list")
    for at, item in enumerate(value):
        if isinstance(item, dict) and "..." in item:
            continue
        here = place + escape(at)
        if inner is None:
            yield Naming(role, here, read_code(item, here))
        elif not isinstance(item, dict):
            raise shape.ShapeError(place=here, expected="an object")
        elif inner in item:
            yield Naming(role, here + escape(inner), read_code(item[inner], here + escape(inner)))
