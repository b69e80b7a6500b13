"""What somebody with the superuser's password can do to the ledger, triggers and all."""

from typing import Any

from sqlalchemy import text

from indexer.store.engine import engine


def tamper(database: Any, *statements: str) -> None:
    """Run statements with triggers switched off."""
    root = engine(database.url("superuser"))
    with root.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement))
    root.dispose()
