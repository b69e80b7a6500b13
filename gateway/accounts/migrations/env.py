"""Alembic's door; everything is in indexer.store.migrate."""

from indexer.store import migrate

migrate.run()
