"""What proves stored records, put together from one moment of the store: paths, anchor, checkpoint, approvals.

Nothing is judged here. What does not hold together goes out as it stands, for the reader's own device to find.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, select

from indexer.core import canonical, merkle
from indexer.core.bundle import Anchor, Approved, Block, Entry, Logged, Signed
from indexer.core.canonical import Members
from indexer.core.errors import EvidenceError, InputError
from indexer.core.submission import log_id
from indexer.core.tile import Tree
from indexer.store import ledger, tables

_anchor, _block, _approval = tables.anchor.c, tables.block.c, tables.approval.c


class Evidence:
    """What the entries of one answer share: the anchor, the tree's tiles, and the approvals of `digests`."""

    def __init__(
        self, connection: Connection, anchor: Anchor | None, digests: Sequence[bytes]
    ) -> None:
        self._anchor = anchor
        self._tree = Tree(lru_cache(maxsize=None)(ledger.reader(connection)))
        given = select(_approval.digest, _approval.at, _approval.signature).where(
            _approval.digest.in_(digests)
        )
        self._approvals = {
            row.digest: Approved(row.at, row.signature) for row in connection.execute(given)
        }

    def entry(self, row: Row[Any], disclosures: list[str]) -> Entry:
        """Put one record together with its two paths."""
        signed = Signed(row.participant, row.key, row.sequence, row.total, row.root, row.signature)
        return Entry(
            id=row.id,
            content=content(row.content),
            disclosures=disclosures,
            submission=signed,
            position=row.position,
            submission_path=self._submission_path(row),
            received_at=row.received_at,
            logged=self._logged(row),
            approval=self._approvals.get(row.digest),
        )

    def _submission_path(self, row: Row[Any]) -> list[bytes]:
        # The digests as they were signed, so that a neighbour that is gone or altered harms this record in nothing.
        digests = [row.digests[at : at + 32] for at in range(0, len(row.digests), 32)]
        try:
            return list(merkle.inclusion(row.position, [merkle.leaf_hash(one) for one in digests]))
        except EvidenceError:
            return []

    def _logged(self, row: Row[Any]) -> Logged | None:
        if row.first_index is None or self._anchor is None:
            return None
        index = row.first_index + 1 + row.position
        if index >= self._anchor.size:
            return None
        try:
            return Logged(index, self._tree.inclusion(index, self._anchor.size))
        except (EvidenceError, ledger.TileMissingError):
            # Tiles that do not hold together prove nothing; the reader sees a path that does not climb.
            return Logged(index, [])


def newest(connection: Connection, origin: str) -> tuple[Anchor | None, str | None]:
    """Find the newest final anchor for which a checkpoint of the same size and root was published."""
    one = tables.checkpoint.c
    query = (
        select(tables.anchor, _block.hash, _block.timestamp, one.note)
        .join(tables.block, _block.number == _anchor.block_number)
        .join(tables.checkpoint, (one.size == _anchor.size) & (one.root == _anchor.root))
        .where(
            _anchor.log == log_id(origin),
            _anchor.block_number <= select(tables.cursor.c.final_number).limit(1).scalar_subquery(),
        )
        .order_by(_anchor.number.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None, None
    block = Block(row.block_number, row.hash, row.timestamp)
    return Anchor(row.number, row.old_size, row.size, row.root, row.tx_hash, block), row.note


def content(data: bytes) -> Members:
    """Read what is stored as content; bytes that are no JSON object any more go out as an empty one."""
    try:
        value = canonical.decode(data)
    except InputError:
        return {}
    return value if isinstance(value, dict) else {}
