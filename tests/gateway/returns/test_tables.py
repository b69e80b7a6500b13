from sqlalchemy import text

from gateway.returns.tables import application, review
from indexer.store.engine import engine


def test_only_intake_applies_and_only_returns_reviews(database):
    owner = engine(database.url("superuser"))
    asked = "select has_table_privilege(:role, :name, :act)"
    with owner.connect() as connection:
        for table, writer in ((application, "intake"), (review, "returns")):
            for role in ("intake", "returns", "accounts", "reader", "registrar"):
                given = {"role": f"suyuan_{role}", "name": f"gateway.{table.name}"}
                may = connection.execute(text(asked), given | {"act": "insert"}).scalar_one()
                assert may == (role == writer)
                for act in ("update", "delete"):
                    # Intake may let go of an application's secrets, which is a grant on that column alone.
                    assert not connection.execute(text(asked), given | {"act": act}).scalar_one()
    owner.dispose()
