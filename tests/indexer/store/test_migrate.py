import secrets
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import inspect, text

from gateway.accounts.tables import MIGRATIONS
from indexer.store import migrate
from indexer.store.engine import engine


@pytest.fixture
def empty(server):
    """A database nobody has migrated, as its superuser."""
    name = f"test_{secrets.token_hex(8)}"
    with psycopg.connect(server.superuser_url().replace("+psycopg", ""), autocommit=True) as root:
        root.execute(f"create database {name}".encode())
        made = engine(server.superuser_url(name))
        yield made
        made.dispose()
        root.execute(f"drop database {name} with (force)".encode())


def schemas(store):
    return {name for name in inspect(store).get_schema_names() if name in ("ledger", "gateway")}


def test_a_new_database_is_brought_to_this_version(empty):
    assert not migrate.current(empty)
    migrate.upgrade(empty)
    assert migrate.current(empty)
    assert schemas(empty) == {"ledger"}


def test_the_regulators_database_has_no_gateway_in_it(empty):
    migrate.upgrade(empty)
    assert not migrate.current(empty, MIGRATIONS)
    assert schemas(empty) == {"ledger"}


def test_ledger_and_gateway_have_histories_of_their_own(empty):
    migrate.upgrade(empty)
    migrate.upgrade(empty, MIGRATIONS)
    assert migrate.current(empty)
    assert migrate.current(empty, MIGRATIONS)
    assert schemas(empty) == {"ledger", "gateway"}


def test_upgrading_again_changes_nothing(empty):
    migrate.upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text("insert into ledger.checkpoint values (1, sha256('a'), 'note')"))
    migrate.upgrade(empty)
    with empty.begin() as connection:
        assert connection.execute(text("select count(*) from ledger.checkpoint")).scalar_one() == 1


def test_two_upgrades_at_once_are_one(empty):
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(migrate.upgrade, empty) for _ in range(4)]:
            done.result()
    assert migrate.current(empty)


@pytest.mark.parametrize("role", ["web", "loop", "node"])
def test_every_process_may_ask_whether_its_ledger_is_at_this_version(database, role):
    asking = engine(database.url(role))
    assert migrate.current(asking)
    asking.dispose()


@pytest.mark.parametrize("role", ["web", "admin"])
def test_the_gateways_processes_may_ask_for_its_own_version(database, role):
    asking = engine(database.url(role))
    assert migrate.current(asking, MIGRATIONS)
    asking.dispose()
