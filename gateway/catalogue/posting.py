"""Master data as they are posted become a submission like any other, and its faults lead back to what was posted.

Intake knows items; whoever states master data sends bodies. There is no second intake, so bodies are put into items
here, and a place in an item is told as the place in the body.
"""

import re

from gateway.draft import BodyShapeError, RefusedError
from gateway.statement import ItemShapeError
from indexer.core import canonical
from indexer.core.canonical import Json, Members
from indexer.core.errors import InputError
from indexer.core.record import Kind

_INSIDE = re.compile(r"/items/(0|[1-9][0-9]*)/event(?=/|\Z)")


def unfold(body: bytes) -> tuple[bytes, frozenset[int]]:
    """Make a submission's body of a list of master data; name beside it the items that came as bodies alone."""
    value = canonical.decode(body)
    if not isinstance(value, dict):
        raise BodyShapeError
    items = value.get("items")
    if not isinstance(items, list):
        raise BodyShapeError(place="/items")
    bare = frozenset(at for at, one in enumerate(items) if not _is_item(one))
    made: list[Json] = [
        {"event": one, "kind": int(Kind.MASTER_DATA)} if at in bare else _master(one, at)
        for at, one in enumerate(items)
    ]
    return canonical.encode({**value, "items": made}), bare


def placed(error: InputError, bare: frozenset[int]) -> InputError:
    """Return a fault of a submission with its place in what was posted."""
    if isinstance(error, RefusedError):
        faults = [placed(one, bare) for one in error.faults]
        return RefusedError(faults=faults, count=int(str(error.facts["count"])))
    match = _INSIDE.match(error.place)
    if match is None or int(match[1]) not in bare:
        return error
    return error.moved(match[0], f"/items/{match[1]}")


def _is_item(one: Json) -> bool:
    return isinstance(one, dict) and "event" in one and "type" not in one


def _master(item: Json, at: int) -> Members:
    if not isinstance(item, dict) or item.get("kind", 2) != Kind.MASTER_DATA:
        raise ItemShapeError(place=f"/items/{at}/kind", wanted="2 here; all else is a submission")
    return {**item, "kind": int(Kind.MASTER_DATA)}
