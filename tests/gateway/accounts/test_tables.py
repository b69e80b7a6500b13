from itertools import product

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gateway.accounts.tables import metadata
from gateway.exchange.tables import summary
from gateway.oversight.tables import remark
from gateway.returns.tables import review
from indexer.store.engine import engine

# Who may do what: s select, i insert, u update, d delete.
GRANTS = {
    "participant": {"accounts": "si", "intake": "s", "registrar": "s"},
    "api_key": {"accounts": "siu", "intake": "s"},
    "custodial_key": {"accounts": "sid", "intake": "s"},
    "retired_key": {"accounts": "si"},
    "decision": {"accounts": "si", "registrar": "s"},
    "refusal": {"accounts": "s", "registrar": "si"},
    "application": {"intake": "si", "returns": "s"},
    "review": {"intake": "s", "returns": "si"},
    "idempotency": {"intake": "si"},
    "summary": {"intake": "si"},
    "term": {"intake": "si"},
    "capture_job": {"intake": "si"},
    "named_query": {"intake": "sid"},
    "remark": {"examiner": "si", "intake": "s"},
    "examined": {"examiner": "siu", "intake": "s"},
}
ROLES = (
    "accounts",
    "intake",
    "sequencer",
    "anchorer",
    "follower",
    "reconciler",
    "reader",
    "registrar",
    "returns",
    "examiner",
)


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
                "include_name": lambda name, kind, _: kind != "schema" or name == "gateway",
                "compare_type": True,
                "compare_server_default": True,
            },
        )
        assert compare_metadata(context, metadata) == []


def test_every_table_is_in_this_test():
    assert review.metadata is remark.metadata is metadata
    assert summary.metadata is metadata
    assert {table.name for table in metadata.sorted_tables} == set(GRANTS)


def test_each_role_may_do_what_its_tables_say_and_nothing_else(owner):
    acts = ("select", "insert", "update", "delete", "truncate")
    expected, found = {}, {}
    with owner.connect() as connection:
        for table, role, act in product(GRANTS, ROLES, acts):
            asked = {"role": f"suyuan_{role}", "table": f"gateway.{table}", "act": act}
            held = text("select has_table_privilege(:role, :table, :act)")
            found[table, role, act] = connection.execute(held, asked).scalar_one()
            expected[table, role, act] = act[0] in GRANTS[table].get(role, "")
    assert found == expected


@pytest.mark.parametrize("role", ["loop", "node"])
def test_loop_and_node_see_nobodys_keys(database, role):
    asking = engine(database.url(role))
    with pytest.raises(DBAPIError, match="permission denied"), asking.begin() as connection:
        connection.execute(text("select sealed from gateway.custodial_key"))
    asking.dispose()


def test_a_credit_code_belongs_to_one(owner):
    statement = text("insert into gateway.participant values (gen_random_uuid(), 'a', 'b', now())")
    with owner.begin() as connection:
        connection.execute(statement)
    with pytest.raises(DBAPIError, match="unique"), owner.begin() as connection:
        connection.execute(statement)
