"""The log's own word, given last: a checkpoint is signed once an anchor of exactly that size and root is final.

Whether it is final is the follower's word, read from the store. An anchor without such a checkpoint proves nothing, so
a head that somebody else put on chain in our name stays worthless until this module has held it to our tiles.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, Row, func, select

from gateway import files
from gateway.leader import Term
from indexer.core import checkpoint as notes
from indexer.core.checkpoint import Checkpoint, Signer
from indexer.core.errors import InconsistencyError
from indexer.core.submission import log_id
from indexer.core.tile import Tree
from indexer.store import ledger
from indexer.store.tables import anchor, checkpoint, cursor

_log = structlog.get_logger(__name__)


class FinalAnchorForeignError(InconsistencyError):
    """An anchor of our log is final on chain and is not of our tree."""

    code = "FINAL_ANCHOR_FOREIGN"
    sentence = (
        "anchor {number} of the log {origin}, final on chain, has {size} leaves under a root that the store has not: "
        "it gets no checkpoint. Find out who used the operator's key, and let the administrator close the log"
    )


_FINAL = select(func.max(cursor.c.final_number)).scalar_subquery()
_NEWEST = select(func.coalesce(func.max(checkpoint.c.size), 0)).scalar_subquery()


@dataclass(frozen=True)
class Publisher:
    """Signs checkpoints of the term's log and keeps the newest as a file."""

    engine: Engine
    term: Term
    key: Signer = field(repr=False)
    folder: Path
    most: int = 100

    def step(self) -> int:
        """Publish a checkpoint for every final anchor that has none; return how many those were."""
        due = (
            select(anchor.c.number, anchor.c.size, anchor.c.root)
            .where(anchor.c.log == log_id(self.term.origin))
            .where(anchor.c.block_number <= _FINAL, anchor.c.size > _NEWEST)
            .order_by(anchor.c.size)
            .limit(self.most)
        )
        with self.engine.begin() as connection:
            self.term.check(connection)
            rows = connection.execute(due).all()
            made = [self._note(connection, row) for row in rows]
            if made:
                connection.execute(checkpoint.insert(), made)
                # Inside the transaction, so that no leader of an earlier epoch puts an older one in its place.
                newest = {files.CHECKPOINT: str(made[-1]["note"]).encode()}
                files.write(self.folder, newest)
        if rows:
            _log.info("checkpoint_published", size=rows[-1].size, count=len(rows))
        return len(rows)

    def _note(self, connection: Connection, row: Row[*tuple[Any, ...]]) -> dict[str, object]:
        origin = self.term.origin
        stored = ledger.size(connection)
        if row.size > stored or Tree(ledger.reader(connection)).root(row.size) != row.root:
            raise FinalAnchorForeignError(origin=origin, number=row.number, size=row.size)
        note = notes.format(Checkpoint(origin, row.size, row.root), [self.key])
        return {"size": row.size, "root": row.root, "note": note}
