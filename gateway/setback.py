"""A store that was set back, as intake can tell it: the chain has more of our log than the store.

Until the loop has filled the gap, the store does not know which sequences its keys have used, and whatever it took
under one of them could never enter the log.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from indexer.core.errors import OutageError


class StoreBehindError(OutageError):
    """The store was set back, and is not filled again yet."""

    code = "STORE_BEHIND"
    sentence = (
        "the chain has {anchored} leaves of this log and the store only {size}: nothing is taken until the loop has "
        "filled it again"
    )


# Two index probes; a log that has no anchor yet is behind nothing.
_SIZES = text("""
select a.size as anchored, coalesce((
  select first_index + count + 1 from ledger.placement order by first_index desc limit 1), 0) as size
from ledger.anchor a where a.log = :log order by a.number desc limit 1
""")


async def check(connection: AsyncConnection, log: bytes) -> None:
    """Refuse while the newest anchor that the follower has seen is beyond the store."""
    row = (await connection.execute(_SIZES, {"log": log})).one_or_none()
    if row is not None and row.anchored > row.size:
        raise StoreBehindError(anchored=row.anchored, size=row.size)
