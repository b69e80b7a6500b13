"""What events say, put together: which thing was inside which or became which, and from when until when.

One event tells of one moment. A link comes of all of them, in whatever order they arrive: an item is in a case from the
event that adds it to the event that takes it out. Nothing here knows which product is asked about; walk.py follows the
links from it. Phones and the gateway must come to the same links (page/src/link.ts, vectors/walk.v1.json).

A moment is UTC text without trailing zeros, which sorts as time does however fine the fraction: `FIRST` stands before
all moments, `LAST` behind them, `after` right behind one. A span holds its first moment and not its last.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, product
from typing import Final, TypeAlias

from indexer.core import code as codes
from indexer.core import event, shape
from indexer.core.canonical import Members
from indexer.core.code import Scheme
from indexer.core.errors import InputError
from indexer.core.event import Naming

Reference: TypeAlias = Hashable  # of a record, whatever its caller knows it by

FIRST: Final = ""
LAST: Final = "~"

_FRACTION = re.compile(r"\.([0-9]*[1-9])")
_CHILDREN = ("childEPCs", "childQuantityList")


class Way(StrEnum):
    """How the inner end of a link belongs to the outer."""

    PACKING = "packing"
    ASSOCIATION = "association"
    COMPOSITION = "composition"
    LOT = "lot"


_HOLDING = {"AggregationEvent": Way.PACKING, "AssociationEvent": Way.ASSOCIATION}


@dataclass(frozen=True, slots=True)
class Statement:
    """What one event says of its things, by their roles; `all` says that it lists no children, not even closed ones."""

    reference: Reference
    at: str
    type: str
    action: str
    things: Mapping[str, Sequence[str]]
    all: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """The inner thing is in the outer, or became it, in this span; `records` are those that say so.

    A composition's link lasts for ever, since nothing is unmade; one end of it is the process that consumed and made.
    """

    inner: str
    outer: str
    way: Way
    since: str
    until: str
    records: frozenset[Reference]


def after(moment: str) -> str:
    """Return the first moment behind this one."""
    return moment + "!"


def moment(body: Members) -> str | None:
    """Read when an event happened; None where it does not say so."""
    said = body.get("eventTime")
    try:
        whole = shape.read_moment(said, "").isoformat()[:19]
    except InputError:
        return None
    fraction = _FRACTION.search(str(said))
    return whole + (fraction[0] if fraction else "")


def process(name: Reference) -> str:
    """Name what consumes and makes; no code is spelt so."""
    return f"process {name}"


def unprocessed(key: str) -> str:
    """Give the code by which records name what links call so."""
    return key.removeprefix(process(""))


def key(naming: Naming) -> str:
    """Spell what is named as links do."""
    code = codes.canonical(naming.code)
    return process(code) if naming.role == "transformation" else code


def read(reference: Reference, body: Members, names: Iterable[Naming]) -> Statement | None:
    """Read an event as a statement; None where it has no time, or declares itself an error.

    A class, a place or a party links nothing: through it all things would be linked to all.
    """
    at = moment(body)
    if at is None or event.void(body):
        return None
    things = defaultdict[str, list[str]](list)
    for one in names:
        if codes.traceable(one.code):
            things[one.role].append(key(one))
    return Statement(
        reference=reference,
        at=at,
        type=str(body.get("type")),
        action=str(body.get("action")),
        things=things,
        all=not any(body.get(name) for name in _CHILDREN),
    )


def links(statements: Iterable[Statement]) -> list[Link]:
    """Put statements together, each of them once; their order does not matter."""
    held = defaultdict[tuple[Way, str], list[Statement]](list)
    became = defaultdict[tuple[str, str, Way, str], set[Reference]](set)
    for one in statements:
        if way := _HOLDING.get(one.type):
            for parent in one.things.get("parent", ()):
                held[way, parent].append(one)
        for inner, outer, how in _became(one):
            became[inner, outer, how, one.at].add(one.reference)
    found = [link for (way, parent), told in held.items() for link in _held(way, parent, told)]
    for (inner, outer, how, since), records in became.items():
        found.append(Link(inner, outer, how, since, LAST, frozenset(records)))
    return found


def _became(one: Statement) -> Iterator[tuple[str, str, Way]]:
    """List what became what: inputs a process, a process its outputs, a lot its pieces."""
    things = one.things
    if one.type == "TransformationEvent":
        # Events that share a transformationID are one process, whichever of them names what (EPCIS 2.0, 7.4.6).
        joints = things.get("transformation") or [process(f"of {one.reference}")]
        for inner, outer in product(things.get("input", ()), joints):
            yield inner, outer, Way.COMPOSITION
        for inner, outer in product(joints, things.get("output", ())):
            yield inner, outer, Way.COMPOSITION
    for lot, piece in product(things.get("lot", ()), _born(one)):
        # A lot number in ilmd is about the pieces that come into being; a lot that does has its number in its code.
        if (read := codes.read(piece)).gtin == codes.read(
            lot
        ).gtin and read.scheme is not Scheme.LGTIN:
            yield lot, piece, Way.LOT


def _born(one: Statement) -> Sequence[str]:
    if one.type == "TransformationEvent":
        return one.things.get("output", ())
    added = one.type == "ObjectEvent" and one.action == "ADD"
    return one.things.get("epc", ()) if added else ()


def _held(way: Way, parent: str, told: Iterable[Statement]) -> Iterator[Link]:
    """Follow what one parent holds from moment to moment.

    What is put in and taken out at one moment is afterwards as it was before. Seeing a thing inside says that it is in,
    and taking out one that was never seen to go in, that it was in until then.
    """
    inside: dict[str, tuple[str, set[Reference]]] = {}
    for at, moment in groupby(sorted(told, key=lambda one: one.at), key=lambda one: one.at):
        put, taken = _moved(moment, list(inside))
        for child, records in taken.items():
            if child in inside:
                since, before = inside.pop(child)
                yield Link(child, parent, way, since, at, frozenset(before | records))
            else:
                both = frozenset(records | put.pop(child, set()))
                yield Link(child, parent, way, at, after(at), both)
        for child, records in put.items():
            inside.setdefault(child, (at, set()))[1].update(records)
    for child, (since, before) in inside.items():
        yield Link(child, parent, way, since, LAST, frozenset(before))


_Moved: TypeAlias = dict[str, set[Reference]]


def _moved(told: Iterable[Statement], inside: Sequence[str]) -> tuple[_Moved, _Moved]:
    """Sort the statements of one moment: what goes in or is seen inside, and what is taken out."""
    put, taken = defaultdict[str, set[Reference]](set), defaultdict[str, set[Reference]](set)
    for one in told:
        children = one.things.get("child", ())
        if one.action == "DELETE":
            for child in inside if one.all else children:
                taken[child].add(one.reference)
        elif one.action in ("ADD", "OBSERVE"):
            for child in children:
                put[child].add(one.reference)
    return put, taken
