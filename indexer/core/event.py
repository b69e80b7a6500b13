"""What happened to a product: EPCIS 2.0 events, checked member by member before anybody signs them.

The gate is as wide as the standard. What passes is stored and hashed as it came; nothing is added. What an event names
is read here too, since records are found and traces are made by it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

from indexer.core import code as codes
from indexer.core import eventrules, masterdata, shape, topics
from indexer.core.canonical import Json, Members
from indexer.core.code import Code, Scheme
from indexer.core.epcis import DECLARATION, DOCUMENTS, EVENTS, read_code
from indexer.core.errors import InputError
from indexer.core.pointer import escape
from indexer.core.record import Kind

SCHEMA = "epcis/2.0"

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
    ("transformationID", "transformation", None),
)
_ALONE = frozenset({"parentID", "transformationID"})
# What an event brings into being, which a lot number in its ilmd is about.
_BORN = {"ObjectEvent": "epc", "TransformationEvent": "output"}
_LOT = re.compile(
    r"(?:cbvmda:|urn:epcglobal:cbv:mda[#:]|https?://(?:ref|ns)\.gs1\.org/cbv/(?:mda[/#])?)lotNumber\Z|suyuan:lot\Z"
)


class UnsupportedTypeError(InputError):
    """A type of event that EPCIS does not know, or none."""

    code = "EVENT_TYPE_UNSUPPORTED"
    sentence = "{type} is none of the five types of events of EPCIS 2.0, nor master data"


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
    if kind is None:
        raise shape.MissingMemberError(place="/type")
    if not isinstance(kind, str) or kind not in EVENTS:
        raise UnsupportedTypeError(place="/type", type=repr(kind)[:80])
    eventrules.check_ilmd(event)
    EVENTS[kind](event, "")
    eventrules.check(event)


def check_declaration(event: Members) -> None:
    """Refuse an error declaration that is not an event's, or not of its shape (EPCIS 2.0, 7.4.1.4)."""
    DECLARATION(event.get("errorDeclaration"), "/errorDeclaration")
    check(event)


def void(body: Members) -> bool:
    """Tell whether an event says of itself that it is an error: it names its things and links none of them.

    One of kind 1 is about an event that was never recorded here; whoever takes back a record states one of kind 4.
    """
    return body.get("errorDeclaration") is not None


def names(event: Members) -> list[Naming]:
    """List the things that an event or a body names; what is concealed names nothing.

    All five types of EPCIS are read, and master data name what they describe. An event that names no thing names where
    it happened, or nobody could ask for it.
    """
    kind = event.get("type")
    if masterdata.of(event):
        return [Naming(*one) for one in masterdata.naming(event)]
    found: list[Naming] = []
    if not isinstance(kind, str) or kind not in EVENTS:
        return found
    for member, role, inner in _NAMING:
        value = event.get(member)
        if value is None:
            continue
        if member in _ALONE:
            found.append(Naming(role, "/" + member, read_code(value, "/" + member)))
        else:
            found.extend(_listed(value, "/" + member, role, inner))
    if "ilmd" in event and kind in _BORN:
        found.extend(_lots(event["ilmd"], [one.code for one in found if one.role == _BORN[kind]]))
    return found or list(_places(event))


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
    """Take an EPCIS document apart; each event carries away the context it was written in."""
    return [event for _, event in placed(document)]


def placed(document: Json) -> list[tuple[str, Members]]:
    """Take an EPCIS document apart as `split` does, each event with the place where it stood.

    Documents that answer a query are read as those that are captured; an event that stands alone is its own document.
    """
    if not isinstance(document, dict):
        raise shape.ShapeError(place="", expected="an object")
    kind = str(document.get("type"))
    if kind in EVENTS:
        return [("", document)]
    if kind not in DOCUMENTS:
        raise shape.ShapeError(place="/type", expected="EPCISDocument or EPCISQueryDocument")
    grammar, way = DOCUMENTS[kind]
    grammar(document, "")
    events: Json = document
    for member in way:
        events = events[member] if isinstance(events, dict) else None
    around, place = document["@context"], "".join(map(escape, way))
    return [
        (place + escape(at), {**event, "@context": _context(around, event.get("@context"))})
        for at, event in enumerate(events if isinstance(events, list) else [])
        if isinstance(event, dict)
    ]


def _context(around: Json, own: Json) -> Json:
    if own is None:
        return around
    return [*_entries(around), *_entries(own)]


def _entries(context: Json) -> list[Json]:
    return context if isinstance(context, list) else [context]


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


def _lots(ilmd: Json, born: Sequence[Code]) -> Iterator[Naming]:
    """Name the lots of what an event brings into being: the lot number of its ilmd with each trade item's number."""
    for member, lot in ilmd.items() if isinstance(ilmd, dict) else ():
        if not isinstance(lot, str) or not _LOT.match(member):
            continue
        items = [one.gtin for one in born if one.gtin and one.scheme is not Scheme.LGTIN]
        for gtin in dict.fromkeys(items):
            if code := _lot(gtin, lot):
                yield Naming("lot", "/ilmd" + escape(member), code)


@lru_cache(maxsize=1024)  # a day's pieces are of few lots
def _lot(gtin: str, lot: str) -> Code | None:
    """Make the code of a lot; None for one that is named as GS1 does not allow and so has no code."""
    try:
        return codes.parse(f"{codes.CANONICAL_HOST}/01/{gtin}/10/{quote(lot, safe='')}")
    except InputError:
        return None


def _places(event: Members) -> Iterator[Naming]:
    for member in ("readPoint", "bizLocation"):
        place = event.get(member)
        if isinstance(place, dict) and "id" in place:
            here = f"/{member}/id"
            yield Naming("place", here, read_code(place["id"], here))
