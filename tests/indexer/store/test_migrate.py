import importlib
import secrets
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import inspect, select, text

from gateway.accounts.tables import MIGRATIONS
from indexer.core import canonical
from indexer.core.errors import InputError
from indexer.store import ledger, migrate, tables
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


CONTENTS = [
    b'{"body":{"gtin":"06945000000015","type":"Product"},"kind":2,"participant":"p"}',
    b'{"body":{"gtin":"06945000000015","type":"Product"},"kind":3,"participant":"p"}',
    b'{"body":{"type":"Product"},"kind":2,"participant":"p"}',
    b'{"body":{"type":"ObjectEvent"},"kind":3,"participant":"p"}',
    b"\xff altered",
    b"not json",
]


def test_master_data_of_before_are_indexed_as_new_ones_are(empty):
    migrate.upgrade(empty)
    wanted = set()
    with empty.begin() as connection:
        for number, content in enumerate(CONTENTS, 1):
            one = UUID(int=number)
            row = {
                "id": one,
                "submission": UUID(int=99),
                "position": number,
                "kind": 3 if number in (2, 4) else 2,
            }
            more = {"digest": bytes([number] * 32), "content": content}
            connection.execute(tables.record.insert(), row | more)
            try:
                read = canonical.decode(content)
            except InputError:
                continue
            assert isinstance(read, dict)
            wanted |= {(name, one) for name in ledger.others(read)}
        again = importlib.import_module("indexer.store.migrations.versions.0003_master_data")
        for _ in range(2):
            connection.execute(text(again.INDEXED.replace(":=", r"\:=").replace("::", r"\:\:")))
        found = {(row.code, row.record) for row in connection.execute(select(tables.naming))}
    assert found == wanted
    assert len(wanted) == 5


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
