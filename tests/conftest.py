"""Real parts, started once for all tests: PostgreSQL and an EVM node; each test has a database of its own."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from gateway.accounts.tables import MIGRATIONS
from gateway.devnet import Devnet
from gateway.machine import LOGINS
from indexer.store import migrate
from indexer.store.engine import engine
from indexer.store.server import Server

# How fast a machine draws examples says nothing about what is tested.
settings.register_profile(
    "suyuan", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("suyuan")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no process is left alone with it at the end."""
    here = Path(__file__).parent
    items.sort(key=lambda one: one.path.parent not in (here / "journeys", here))


@dataclass
class Database:
    """One test's database, at the newest migration, with the logins that production has."""

    server: Server
    name: str
    passwords: dict[str, str] = field(repr=False)

    def url(self, role: str) -> str:
        """Give the URL of web, loop, node, admin or superuser."""
        if role == "superuser":
            return self.server.superuser_url(self.name)
        return self.server.url(self.name, f"suyuan_{role}", self.passwords[role])


@pytest.fixture(scope="session")
def devnet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devnet]:
    """One local chain for the whole run. Who rewinds or stops a chain starts its own."""
    with Devnet.start(tmp_path_factory.mktemp("devnet"), accounts=20) as net:
        yield net


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One embedded PostgreSQL for the whole run."""
    with Server.start(tmp_path_factory.mktemp("postgres") / "data") as running:
        yield running


@pytest.fixture(scope="session")
def template(server: Server) -> Database:
    """A migrated database to copy, which is much quicker than migrating."""
    server.ensure_database("template_suyuan")
    owner = engine(server.superuser_url("template_suyuan"))
    migrate.upgrade(owner)
    migrate.upgrade(owner, MIGRATIONS)
    owner.dispose()
    passwords = {
        role: server.ensure_login(f"suyuan_{role}", member_of=groups)
        for role, groups in LOGINS.items()
    }
    return Database(server, "template_suyuan", passwords)


@pytest.fixture
def database(template: Database) -> Iterator[Database]:
    """A database of this test's own, gone after it with everybody who is still connected."""
    made = Database(template.server, f"test_{secrets.token_hex(8)}", template.passwords)
    root = template.server.superuser_url().replace("+psycopg", "")
    with psycopg.connect(root, autocommit=True) as connection:
        connection.execute(f"create database {made.name} template {template.name}".encode())
        yield made
        connection.execute(f"drop database {made.name} with (force)".encode())
