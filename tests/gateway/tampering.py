"""What somebody with the superuser's password can do to the ledger, triggers and all; and what an old backup does."""

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


def set_back(world, size, *, placed=True):
    """Bring the store back to a size below 256, as a backup of then would; what came since was `placed`, or stored."""
    gone = f"(select submission from ledger.placement where first_index >= {size})"
    rows = [
        f"delete from ledger.naming where submission in {gone}",
        f"delete from ledger.record where submission in {gone}",
        f"delete from ledger.submission where id in {gone}",
    ]
    number, kept = divmod(size, 256)
    tamper(
        world.database,
        *(rows if placed else []),
        f"delete from ledger.placement where first_index >= {size}",
        f"delete from ledger.tile where level = 1 or number > {number} or (number = {number} and {kept} = 0)",
        f"update ledger.tile set hashes = substr(hashes, 1, 32 * {kept}) where number = {number}",
        f"delete from ledger.checkpoint where size > {size}",
        f"delete from ledger.tx where size > {size}",
    )
    world.restart()
