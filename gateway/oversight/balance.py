"""What a participant made and received of a lot, against what it used and shipped, in each unit of its own.

A transformation may change units, for it has other lots going out than coming in. A lot of which nothing was recorded
as made or received has no balance; that is told by other rules.
"""

from collections.abc import Iterator
from math import fsum
from typing import Final, NamedTuple

from gateway.oversight.rules import Fault, History, Known, Past, Rule
from indexer.core import code
from indexer.core.canonical import Json
from indexer.core.code import Level
from indexer.core.errors import InputError
from indexer.core.pointer import escape

_GAINED: Final = frozenset({"receiving", "accepting"})
_SPENT: Final = frozenset({"shipping"})
# Doubles that were added up in another order differ in their last digits.
_SLACK: Final = 1e-9


class _Amount(NamedTuple):
    place: str
    lot: str
    uom: str
    quantity: float


def exceeded(one: Known, past: Past) -> Iterator[Fault]:
    """Find lots of which, with this event, more went out than ever came in."""
    for spent in _amounts(one, gained=False):
        history = past.get(spent.lot, History())
        own = [it for it in history.events if it.participant == one.participant]
        gained = _sum([*own, one], spent, gained=True)
        until = [it for it in own if it.index < one.index]
        used = _sum([*until, one], spent, gained=False)
        if history.whole and 0 < gained < used * (1 - _SLACK):
            others = tuple(it.record for it in own if list(_of(it, spent, gained=True)))
            yield Fault(Rule.QUANTITY_EXCEEDED, spent.place, others)


def _sum(events: list[Known], like: _Amount, *, gained: bool) -> float:
    return fsum(one.quantity for it in events for one in _of(it, like, gained=gained))


def _of(one: Known, like: _Amount, *, gained: bool) -> Iterator[_Amount]:
    for amount in _amounts(one, gained=gained):
        if (amount.lot, amount.uom) == (like.lot, like.uom):
            yield amount


def _amounts(one: Known, *, gained: bool) -> Iterator[_Amount]:
    """List the quantities of lots by which an event adds to what its participant has, or takes from it."""
    member = _member(one, gained=gained)
    listed = one.event.get(member) if member else None
    for at, item in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(item, dict) and (lot := _lot(item.get("epcClass"))):
            quantity, uom = item.get("quantity"), item.get("uom")
            if isinstance(quantity, int | float) and not isinstance(quantity, bool):
                place = escape(str(member)) + escape(at)
                yield _Amount(place, lot, uom if isinstance(uom, str) else "", quantity)


def _member(one: Known, *, gained: bool) -> str | None:
    if one.type == "TransformationEvent":
        return "outputQuantityList" if gained else "inputQuantityList"
    if one.type != "ObjectEvent":
        return None
    action, steps = ("ADD", _GAINED) if gained else ("DELETE", _SPENT)
    return "quantityList" if one.event.get("action") == action or one.step in steps else None


def _lot(value: Json) -> str | None:
    try:
        read = code.parse(value) if isinstance(value, str) else None
    except InputError:
        return None
    return code.canonical(read) if read and code.level(read) is Level.LOT else None
