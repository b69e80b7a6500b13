"""The tables are those the migrations make, and each is written by those who may and by nobody else."""

from hashlib import sha256
from itertools import product
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from indexer.store import former, ledger, tables
from indexer.store.engine import engine

DIGEST = sha256(b"c").digest()
ROLES = ("intake", "sequencer", "anchorer", "follower", "reconciler", "reader", "returns", "eraser")

# Who may do what: i insert, u update, d delete.
WRITERS = {
    "submission": {"intake": "i", "sequencer": "i"},
    "record": {"intake": "i"},
    "record_key": {"intake": "i", "eraser": "d"},
    "sealed": {"intake": "i", "eraser": "d"},
    "naming": {"intake": "i", "eraser": "d"},
    "approval": {"returns": "i"},
    "placement": {"sequencer": "i"},
    "tile": {"sequencer": "iu"},
    "leader": {"sequencer": "iu"},
    "tx": {"anchorer": "iu"},
    "checkpoint": {"anchorer": "i"},
    "block": {"follower": "id"},
    "anchor": {"follower": "id"},
    "registration": {"follower": "id"},
    "administration": {"follower": "id"},
    "cursor": {"follower": "iu"},
    "former_deployment": {},
    "former_anchor": {},
    "former_event": {},
    "finding": {"reconciler": "iu"},
}
SECRET = ("record_key", "sealed")
ERASABLE = ("record_key", "sealed", "naming")


@pytest.fixture
def owner(database):
    made = engine(database.url("superuser"))
    yield made
    made.dispose()


def test_the_migrations_make_exactly_these_tables(owner):
    with owner.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "include_name": lambda name, kind, _: kind != "schema" or name == "ledger",
                "compare_type": True,
                "compare_server_default": True,
            },
        )
        assert former.former_anchor.metadata is tables.metadata
        assert compare_metadata(context, tables.metadata) == []


def test_every_table_has_its_writer_in_this_test():
    assert {table.name for table in tables.metadata.sorted_tables} == set(WRITERS)


def test_each_role_may_do_what_its_tables_say_and_nothing_else(owner):
    acts = {"insert": "i", "update": "u", "delete": "d", "truncate": "t", "select": "s"}
    expected, found = {}, {}
    with owner.connect() as connection:
        for table, role, act in product(WRITERS, ROLES, acts):
            asked = {"role": f"suyuan_{role}", "table": f"ledger.{table}", "act": act}
            held = text("select has_table_privilege(:role, :table, :act)")
            found[table, role, act] = connection.execute(held, asked).scalar_one()
            expected[table, role, act] = acts[act] in WRITERS[table].get(role, "")
            if act == "select":
                expected[table, role, act] = table not in SECRET or role == "intake"
    assert found == expected


def test_only_the_intake_sees_keys_and_sealed_values(database):
    node = engine(database.url("node"))
    for table in SECRET:
        with pytest.raises(DBAPIError, match="permission denied"), node.begin() as connection:
            connection.execute(text(f"select * from ledger.{table}"))
    node.dispose()


def fill(connection):
    """Put one row into every table that only grows."""
    for statement in (
        "insert into ledger.submission values (gen_random_uuid(), gen_random_uuid(), decode(repeat('00', 20), 'hex'),"
        " 0, 1, sha256('a'), sha256('a'), decode(repeat('00', 65), 'hex'), 1, 1, decode(repeat('00', 65), 'hex'))",
        "insert into ledger.record values (gen_random_uuid(), gen_random_uuid(), 0, 1, sha256('a'), 'a')",
        "insert into ledger.placement values (0, gen_random_uuid(), 1)",
        "insert into ledger.approval values (sha256('a'), 1, decode(repeat('00', 20), 'hex'),"
        " decode(repeat('00', 65), 'hex'))",
        "insert into ledger.checkpoint values (2, sha256('a'), 'note')",
        "insert into ledger.record_key values (gen_random_uuid(), 'a')",
        "insert into ledger.sealed values (gen_random_uuid(), 'a')",
        "insert into ledger.naming values (substr(sha256('a'), 1, 16), gen_random_uuid(), gen_random_uuid(), 0, false)",
        "insert into ledger.tile values (0, 0, sha256('a') || sha256('b'))",
    ):
        connection.execute(text(statement))


CHANGES = {
    "submission": "sequence = 1",
    "record": "content = 'b'",
    "placement": "first_index = 1",
    "checkpoint": "note = 'b'",
    "approval": "at = 2",
    "record_key": "wrapped = 'b'",
    "sealed": "disclosures = 'b'",
    "naming": "concealed = true",
    "tile": "hashes = sha256('b')",
}


@pytest.mark.parametrize("role", ["superuser", "web", "loop", "node", "admin"])
def test_nobody_rewrites_the_ledger_its_owner_included(database, owner, role):
    with owner.begin() as connection:
        fill(connection)
    asking = engine(database.url(role))
    for table, change in CHANGES.items():
        statements = [
            f"update ledger.{table} set {change}",
            f"truncate ledger.{table}",
            f"delete from ledger.{table}",
        ]
        refusal = r"refused" if role == "superuser" else r"permission denied|refused"
        for statement in statements:
            with pytest.raises(DBAPIError, match=refusal), asking.begin() as connection:
                connection.execute(text(statement))
        with owner.begin() as connection:
            assert (
                connection.execute(text(f"select count(*) from ledger.{table}")).scalar_one() == 1
            )
    asking.dispose()


def test_refused_statements_are_refused_for_what_they_are(owner):
    with owner.begin() as connection:
        fill(connection)
    with (
        pytest.raises(DBAPIError, match=r"ledger\.record is insert-only: UPDATE refused"),
        owner.begin() as connection,
    ):
        connection.execute(text("update ledger.record set kind = 2"))


@pytest.mark.parametrize(
    ("hashes", "grows"),
    [
        ("hashes || sha256('c')", True),
        ("hashes", True),
        ("substr(hashes, 1, 32)", False),
        ("sha256('b') || sha256('a')", False),
        ("sha256('x') || hashes", False),
    ],
)
def test_a_tile_only_grows(database, owner, hashes, grows):
    with owner.begin() as connection:
        fill(connection)
    loop = engine(database.url("loop"))
    change = text(f"update ledger.tile set hashes = {hashes}")
    if grows:
        with loop.begin() as connection:
            connection.execute(change)
    else:
        with pytest.raises(DBAPIError, match="only grows"), loop.begin() as connection:
            connection.execute(change)
    loop.dispose()


def test_a_tile_stays_where_it_is(database, owner):
    with owner.begin() as connection:
        fill(connection)
    loop = engine(database.url("loop"))
    with pytest.raises(DBAPIError, match="only grows"), loop.begin() as connection:
        connection.execute(text("update ledger.tile set number = 1"))
    loop.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "insert into ledger.tile values (0, 0, 'abc')",
        "insert into ledger.record values (gen_random_uuid(), gen_random_uuid(), 0, 1, 'a', 'a')",
        "insert into ledger.naming values ('a', gen_random_uuid(), gen_random_uuid(), 0, false)",
        "insert into ledger.placement values (0, gen_random_uuid(), 0)",
        "insert into ledger.placement values (0, gen_random_uuid(), 65537)",
        "insert into ledger.placement values (9007199254740992, gen_random_uuid(), 1)",
        "insert into ledger.tile values (0, 35184372088832, sha256('a'))",
        "insert into ledger.block values (1, sha256('a'), sha256('a'), 253402300800)",
    ],
)
def test_misshapen_rows_are_refused(owner, statement):
    with pytest.raises(DBAPIError, match="check constraint"), owner.begin() as connection:
        connection.execute(text(statement))


def conceal(connection):
    """Put a record with concealed values beside the others, and its notice of erasure behind it."""
    base, notice, sent = uuid4(), uuid4(), uuid4()
    given = {"base": base, "notice": notice, "sent": sent, "name": ledger.amends(DIGEST)}
    for statement in (
        "insert into ledger.record values (:base, gen_random_uuid(), 0, 1, sha256('c'), 'c')",
        "insert into ledger.record values (:notice, :sent, 0, 5, sha256('n'), 'n')",
        "insert into ledger.naming values (:name, :notice, :sent, 0, false)",
        "insert into ledger.placement values (2, :sent, 1)",
        "insert into ledger.record_key values (:base, 'c')",
        "insert into ledger.sealed values (:base, 'c')",
        "insert into ledger.naming values (substr(sha256('c'), 1, 16), :base, gen_random_uuid(), 0, true)",
    ):
        connection.execute(text(statement), given)
    return base


@pytest.mark.parametrize("table", ERASABLE)
def test_what_was_concealed_goes_once_a_notice_is_under_a_checkpoint(database, owner, table):
    with owner.begin() as connection:
        fill(connection)
        base = conceal(connection)
    loop = engine(database.url("loop"))
    taken = text(f"delete from ledger.{table} where record = :base")
    with pytest.raises(DBAPIError, match="no anchored notice"), loop.begin() as connection:
        connection.execute(taken, {"base": base})
    with owner.begin() as connection:
        connection.execute(text("insert into ledger.checkpoint values (4, sha256('a'), 'note')"))
    with loop.begin() as connection:
        assert connection.execute(taken, {"base": base}).rowcount == 1
    with pytest.raises(DBAPIError, match="refused"), loop.begin() as connection:
        connection.execute(text(f"delete from ledger.{table}"))
    loop.dispose()
