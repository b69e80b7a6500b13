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
from indexer.core.errors import EvidenceError, InconsistencyError
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
_SHOWN = select(checkpoint.c.size, checkpoint.c.note).order_by(checkpoint.c.size.desc()).limit(1)


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
            stored = ledger.size(connection)
            # What lies beyond a store that was set back is the anchorer's to refill first.
            rows = connection.execute(due.where(anchor.c.size <= stored)).all()
            made = [self._note(connection, row) for row in rows]
            if made:
                connection.execute(checkpoint.insert(), made)
            self._show(connection)
        if rows:
            _log.info("checkpoint_published", size=rows[-1].size, count=len(rows))
        return len(rows)

    def _show(self, connection: Connection) -> None:
        """Keep the newest note as a file, whatever became of it: a leader that was paused may put an older one there.

        A newer one stays. It is of a store that is lost, and what is restored will come to it again.
        """
        row = connection.execute(_SHOWN).one_or_none()
        kept = files.read(self.folder, files.CHECKPOINT)
        if row is None or kept == row.note.encode() or self._size(kept) > row.size:
            return
        files.write(self.folder, {files.CHECKPOINT: row.note.encode()})

    def _size(self, note: bytes | None) -> int:
        """Read the size of a note of ours; 0 if it is none."""
        try:
            return notes.parse((note or b"").decode(), [self.key.verifier]).size
        except (EvidenceError, UnicodeDecodeError):
            return 0

    def _note(self, connection: Connection, row: Row[*tuple[Any, ...]]) -> dict[str, object]:
        origin = self.term.origin
        if Tree(ledger.reader(connection)).root(row.size) != row.root:
            raise FinalAnchorForeignError(origin=origin, number=row.number, size=row.size)
        note = notes.format(Checkpoint(origin, row.size, row.root), [self.key])
        return {"size": row.size, "root": row.root, "note": note}
