"""Which of several statements about one thing counts: the newest version that stands, of the party that is heard.

Master data are never changed. A later body about the same thing by the same participant takes the earlier one's place
for readers; a correction stands where what it corrects stood, so that mending an old version does not make it the
newest. Rows here are records with their participants, and among them what amends them.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from gateway import amendments
from gateway.evidence import content
from indexer.core import code, masterdata
from indexer.core.canonical import Members
from indexer.core.errors import InputError
from indexer.core.masterdata import Schema
from indexer.core.record import Kind

_WEIGHT = {name: at for at, name in enumerate(masterdata.SCHEMAS)}


def body(row: Row[Any]) -> Members:
    """Read a record's body as it is stored, concealed parts left out; nothing where it cannot be read."""
    found = content(row.content).get("body")
    return found if isinstance(found, dict) else {}


def schema(row: Row[Any]) -> Schema | None:
    """Tell which kind of master data a record states, None where it states none that can be read."""
    return masterdata.of(body(row)) if row.kind in (Kind.MASTER_DATA, Kind.AMENDMENT) else None


def is_master(row: Row[Any]) -> bool:
    """Tell whether a record states what a thing or a class of things is, be it as a correction."""
    return row.kind == Kind.MASTER_DATA or schema(row) is not None


def codes(row: Row[Any]) -> set[str]:
    """List, canonically, what a record's master data openly describe."""
    try:
        return {code.canonical(found) for _, _, found in masterdata.naming(body(row))}
    except InputError:
        return set()


def standing(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """List the versions among records that nothing corrects or withdraws, the newest first."""
    over = amendments.superseded(rows)
    bases = {(row.participant, row.digest.hex()): row for row in rows}
    found = [row for row in rows if is_master(row) and row.id not in over]
    return sorted(found, key=lambda row: (_place(row, bases), row.id), reverse=True)


def heard(rows: Iterable[Row[Any]], maker: UUID | None) -> list[Row[Any]]:
    """Choose whose word counts: of the weightiest kind of master data its maker's, else who spoke first.

    A stranger who later states master data for somebody else's product does not change what its buyers read.
    """
    stated = sorted(filter(is_master, rows), key=lambda row: row.id)
    first = min((_weight(row) for row in stated), default=0)
    weighty = [row for row in stated if _weight(row) == first]
    own = [row for row in weighty if row.participant == maker]
    return own or [row for row in weighty if row.participant == weighty[0].participant]


def _weight(row: Row[Any]) -> int:
    # What cannot be read any more was altered: it comes to the fore instead of vanishing.
    found = schema(row)
    return _WEIGHT[found.type] if found else 0


def _place(row: Row[Any], bases: dict[tuple[UUID, str], Row[Any]]) -> UUID:
    """Return the id of the version at the bottom of a chain of corrections."""
    seen: set[UUID] = set()
    place: UUID = row.id
    while row.id not in seen:
        seen.add(row.id)
        place = min(place, row.id)
        base = bases.get((row.participant, amendments.amended(row) or ""))
        row = base if base is not None else row
    return place
