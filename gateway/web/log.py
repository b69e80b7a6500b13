"""The log as monitors read it: C2SP tlog-tiles under `/log/`, byte for byte what the tree holds.

Hash tiles and the checkpoint are public. Bundles of entries show who submitted how much and when, so they need a
credential unless the operator opens them. A tile never changes, only grows; what was sent may be kept forever.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from sqlalchemy import Connection, select

from gateway.web.deps import Anybody, Gateway, Held, NoKeyError, snapshot
from gateway.web.errors import responses
from indexer.core import tile
from indexer.core.errors import MissingError
from indexer.store import ledger, tables

FOREVER = "public, max-age=31536000, immutable"
OPEN = {"Access-Control-Allow-Origin": "*"}

router = APIRouter(prefix="/log", tags=["log"])


class NoCheckpointError(MissingError):
    """Nothing of this log is anchored and final yet."""

    code = "CHECKPOINT_NONE"
    sentence = "there is no checkpoint yet: nothing is anchored and final"


class NoTileError(MissingError):
    """The log does not reach this tile, or not at this width."""

    code = "TILE_BEYOND"
    sentence = "the log does not reach {path}"


class EntriesBrokenError(MissingError):
    """A bundle of entries cannot be given because a record or a submission in it is gone."""

    code = "ENTRIES_BROKEN"
    sentence = (
        "a record or submission in {path} is gone from the store, so its leaf cannot be shown"
    )


def _place(path: Annotated[str, Path(description="as C2SP tlog-tiles spells it")]) -> tile.Place:
    return tile.parse(f"tile/{path}")


@router.get(
    "/checkpoint",
    summary="Newest checkpoint",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}, **responses(404, 503)},
)
async def checkpoint(held: Held) -> Response:
    """Give the newest signed note (C2SP checkpoint); its size is anchored in a final block."""
    query = select(tables.checkpoint.c.note).order_by(tables.checkpoint.c.size.desc()).limit(1)
    async with snapshot(held.engine) as connection:
        note = await connection.scalar(query)
    if note is None:
        raise NoCheckpointError
    headers = {**OPEN, "Cache-Control": "no-cache"}
    return Response(note, headers=headers, media_type="text/plain; charset=utf-8")


@router.get(
    "/tile/{path:path}",
    summary="One tile or bundle of entries",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {}}},
        **responses(401, 404, 422, 503),
    },
)
async def tiles(
    place: Annotated[tile.Place, Depends(_place)], held: Held, caller: Anybody
) -> Response:
    """Give `<level>/<number>[.p/<width>]` as concatenated hashes, or `entries/<number>[.p/<width>]`."""
    if place.level is not None:
        data = await _hashes(held, place)
        headers = {**OPEN, "Cache-Control": FOREVER}
    else:
        public = held.settings.log_entries == "public"
        if caller is None and not public:
            raise NoKeyError
        async with snapshot(held.engine) as connection:
            data = await connection.run_sync(_entries, place)
        headers = OPEN | {"Cache-Control": FOREVER} if public else {"Cache-Control": "private"}
    return Response(data, headers=headers, media_type="application/octet-stream")


async def _hashes(held: Gateway, place: tile.Place) -> bytes:
    one = tables.tile.c
    query = select(one.hashes).where(one.level == place.level, one.number == place.index)
    async with snapshot(held.engine) as connection:
        data: bytes = await connection.scalar(query) or b""
    if len(data) < 32 * place.width:
        raise NoTileError(path=_path(place))
    return data[: 32 * place.width]


def _path(place: tile.Place) -> str:
    if place.level is None:
        return tile.entries_path(place.index, place.width)
    return tile.path(place.level, place.index, place.width)


def _entries(connection: Connection, place: tile.Place) -> bytes:
    first = place.index * tile.WIDTH
    if ledger.size(connection) < first + place.width:
        raise NoTileError(path=_path(place))
    try:
        leaves = list(islice(_leaves(connection, first), place.width))
    except ledger.SubmissionMissingError:
        raise EntriesBrokenError(path=_path(place)) from None
    if None in leaves:
        raise EntriesBrokenError(path=_path(place))
    return tile.entries(leaf for leaf in leaves if leaf is not None)


def _leaves(connection: Connection, first: int) -> Iterator[bytes | None]:
    """Make the leaves from `first` on, one by one: what is gone behind those that are taken spoils nothing."""
    # A submission has two leaves at least, so half a tile of them and one more cover a bundle.
    for entry in ledger.entries(connection, first, tile.WIDTH // 2 + 1):
        yield from ledger.leaves(entry)[max(0, first - entry.first_index) :]
