"""Bring a database's schemas to the version this code expects, and say whether they are there.

Ledger and gateway have a history of their own, each in its folder of migrations; the regulator's node has only the
ledger's. A migration is frozen SQL: it never reads tables.py, which moves on.
"""

from pathlib import Path

from alembic import command, context
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

LEDGER = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, folder: Path = LEDGER) -> None:
    """Run every migration of `folder` that the database has not seen."""
    with engine.connect() as connection:
        # Roles belong to the whole cluster: two upgrades at once would race for them.
        connection.execute(text("select pg_advisory_lock(7305001)"))
        connection.commit()
        try:
            command.upgrade(_config(folder, connection), "head")
        finally:
            connection.execute(text("select pg_advisory_unlock(7305001)"))
            connection.commit()


def current(engine: Engine, folder: Path = LEDGER) -> bool:
    """Tell whether the database is at the newest migration of `folder`."""
    head = ScriptDirectory(str(folder)).get_current_head()
    with engine.connect() as connection:
        seen = MigrationContext.configure(connection, opts=_options(folder))
        return seen.get_current_revision() == head


def run() -> None:
    """Run inside alembic: what both env.py files consist of."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, **context.config.attributes["options"])
    with context.begin_transaction():
        context.run_migrations()


def _config(folder: Path, connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["options"] = _options(folder)
    return config


def _options(folder: Path) -> dict[str, str]:
    package = "ledger" if folder == LEDGER else "gateway"
    return {"version_table": f"suyuan_{package}_version", "version_table_schema": "public"}
