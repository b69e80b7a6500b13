import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError


@pytest.mark.parametrize(
    "statement", ["update gateway.remark set place = ''", "delete from gateway.remark"]
)
@pytest.mark.parametrize("role", ["loop", "web", "admin"])
def test_a_remark_is_never_changed(site, role, statement):
    with pytest.raises(DBAPIError, match="permission denied"), site._as(role) as connection:
        connection.execute(text(statement))


def test_only_the_loop_remarks(site):
    statement = "insert into gateway.examined values ('x', 1)"
    with site._as("loop") as connection:
        connection.execute(text(statement))
    with pytest.raises(DBAPIError, match="permission denied"), site._as("web") as connection:
        connection.execute(text(statement))
