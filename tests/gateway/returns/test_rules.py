from uuid import uuid4

import pytest

from gateway.accounts.desk import Caller
from gateway.draft import Draft
from gateway.returns import rules
from gateway.returns.rules import Base
from indexer.core import canonical
from indexer.core.errors import SuyuanError
from indexer.store.engine import engine
from tests.gateway.making import Desk, body, event, said


@pytest.fixture
def desk(database):
    return Desk(database)


@pytest.fixture
def stored(desk):
    """A participant and the digest of an event it recorded under an id."""
    who = desk.admit().participant
    made = said(desk.submit(who, body(event(eventID="urn:uuid:1"))))
    return who, bytes.fromhex(made["records"][0]["digest"])


def draft(kind, amends):
    return Draft(kind, b"", b"\1" * 32, b"", [], frozenset(), amends)


def checked(desk, caller, *drafts):
    web = desk.engine("web")
    try:
        with web.connect() as connection:
            return rules.check(connection, caller, list(drafts))
    finally:
        web.dispose()


def test_ones_own_records_may_be_amended(desk, stored):
    who, digest = stored
    for kind in (3, 4, 5):
        found = checked(desk, Caller(who), draft(1, None), draft(kind, digest))
        assert [one.participant for one in found.values()] == [who]


@pytest.mark.parametrize(
    ("caller", "kind", "code"),
    [
        (None, 3, "AMENDS_UNKNOWN"),
        (Caller(uuid4()), 3, "AMEND_FOREIGN"),
        (Caller(uuid4(), "operator"), 4, "AMEND_FOREIGN"),
        (Caller(uuid4()), 5, "AMEND_FOREIGN"),
    ],
)
def test_others_may_not(desk, stored, caller, kind, code):
    who, digest = stored
    wanted = bytes(32) if caller is None else digest
    with pytest.raises(SuyuanError) as error:
        checked(desk, caller or Caller(who), draft(kind, wanted))
    assert error.value.code == code


def test_the_operator_may_erase_upon_a_review_of_its_own(desk, stored):
    _, digest = stored
    operator = Caller(uuid4(), "operator")
    found = checked(desk, operator, draft(5, digest))
    assert rules.reviewed(operator, draft(5, digest), *found.values())


def test_corrections_and_withdrawals_are_reviewed_and_ones_own_erasures_are_not():
    who = uuid4()
    base = Base(uuid4(), who, 1)
    reviewed = [rules.reviewed(Caller(who), draft(kind, b""), base) for kind in (3, 4, 5)]
    assert reviewed == [True, True, False]


def test_a_content_is_found_by_its_digest(desk, stored):
    _, digest = stored
    reader = engine(desk.database.url("web"))
    with reader.connect() as connection:
        assert canonical.decode(rules.content(connection, digest))["kind"] == 1  # type: ignore[index,call-overload]
        assert rules.content(connection, bytes(32)) == b""
    reader.dispose()
