"""The desk's own rules; who may call it and what comes of it is test_routes.py's."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from gateway.accounts.desk import Caller
from gateway.returns import desk as returns
from gateway.returns.desk import Review
from indexer.core import canonical, submission
from indexer.core.errors import SuyuanError
from tests.gateway.making import NOW, ORIGIN, Desk, event, said

LOG = submission.log_id(ORIGIN)
OPERATOR = Caller(uuid4(), "operator")


@pytest.fixture
def desk(database):
    return Desk(database)


@pytest.fixture
def application(desk):
    who = desk.admit().participant
    stated = said(desk.submit(who, canonical.encode({"items": [{"event": event()}]})))
    item = {"event": event("2"), "kind": 3, "amends": stated["records"][0]["digest"]}
    answer = said(desk.submit(who, canonical.encode({"items": [item]})))
    return who, UUID(answer["applications"][0]["id"])


def ask(desk, act):
    web = desk.engine("web")
    try:
        with web.begin() as connection:
            return act(connection)
    finally:
        web.dispose()


def refusal(desk, caller, one, given=Review("x"), now=NOW):  # noqa: B008 -- frozen
    with pytest.raises(SuyuanError) as error:
        ask(desk, lambda connection: returns.answer(connection, LOG, caller, one, given, now))
    return error.value.code


def test_only_the_operator_answers_and_not_for_itself(desk, application):
    who, one = application
    assert refusal(desk, Caller(who), one) == "NOT_OPERATOR"
    assert refusal(desk, Caller(who, "operator"), one) == "APPLICANT_REVIEWS"
    assert refusal(desk, OPERATOR, uuid4()) == "APPLICATION_UNKNOWN"


def test_an_applicant_finds_its_own_and_nobody_elses(desk, application):
    who, one = application
    found = ask(desk, lambda connection: returns.find(connection, Caller(who), one))
    assert (found.id, found.state) == (one, "held")
    assert ask(desk, lambda connection: returns.find(connection, OPERATOR, one)) == found
    with pytest.raises(returns.ApplicationUnknownError):
        ask(desk, lambda connection: returns.find(connection, Caller(uuid4()), one))


def test_an_approval_is_signed_now_and_by_an_account_of_the_log(desk, application):
    _, one = application
    found = ask(desk, lambda connection: returns.find(connection, OPERATOR, one))
    key, at = b"\7" * 32, int(NOW.timestamp())
    said = submission.Approval(LOG, found.digest, at)
    given = Review("核对", at, submission.sign(said.signing_hash(), key))
    assert refusal(desk, OPERATOR, one, given) == "APPROVER"
    late = NOW + timedelta(minutes=11)
    assert refusal(desk, OPERATOR, one, given, late) == "REVIEW_TIME"
    assert refusal(desk, OPERATOR, one, replace(given, reason="")) == "REVIEW_REASON"
    assert refusal(desk, OPERATOR, one, replace(given, reason="x" * 501)) == "REVIEW_REASON"
