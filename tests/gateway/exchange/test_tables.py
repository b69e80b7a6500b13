import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gateway.exchange.tables import capture_job, named_query, summary, term
from indexer.store.engine import engine


@pytest.fixture
def owner(database):
    made = engine(database.url("superuser"))
    yield made
    made.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "insert into gateway.term values (gen_random_uuid(), 'action', 'x')",
        "insert into gateway.term values (gen_random_uuid(), 'type', repeat('x', 501))",
        "insert into gateway.named_query values (gen_random_uuid(), '', '{}', now())",
        "insert into gateway.capture_job values"
        " (gen_random_uuid(), gen_random_uuid(), now(), 'hope', 0, null, '{}', '[]')",
    ],
)
def test_misshapen_rows_are_refused(owner, statement):
    with pytest.raises(DBAPIError, match="check constraint"), owner.begin() as connection:
        connection.execute(text(statement))


def test_the_tables_belong_to_the_gateway():
    assert {one.schema for one in (summary, term, capture_job, named_query)} == {"gateway"}
