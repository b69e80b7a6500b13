"""What waits and what does not, decided over a real database; the way over HTTP is test_routes.py's."""

from uuid import UUID

import pytest

from gateway.returns.rules import AmendmentsApartError
from indexer.core import canonical
from tests.gateway.making import Desk, event, said


@pytest.fixture
def desk(database):
    return Desk(database)


def stated(desk, who):
    answer = desk.submit(who, canonical.encode({"items": [{"event": event()}]}))
    return said(answer)["records"][0]["digest"]


def items(*given):
    return canonical.encode({"items": list(given)})


def test_a_correction_waits_and_nothing_is_stored(desk):
    who = desk.admit().participant
    base = stated(desk, who)
    answer = desk.submit(who, items({"event": event("2"), "kind": 3, "amends": base}))
    assert (answer.status, answer.submission) == (202, None)
    (application,) = said(answer)["applications"]
    assert (application["state"], application["kind"]) == ("held", 3)
    assert UUID(application["id"]).version == 7


def test_ones_own_erasure_waits_for_nobody(desk):
    who = desk.admit().participant
    base = stated(desk, who)
    notice = {"scope": "concealed", "basis": "ordered"}
    answer = desk.submit(who, items({"event": notice, "kind": 5, "amends": base}))
    assert answer.status == 201


def test_what_waits_goes_apart(desk):
    who = desk.admit().participant
    base = stated(desk, who)
    correction = {"event": event("2"), "kind": 3, "amends": base}
    with pytest.raises(AmendmentsApartError) as error:
        desk.submit(who, items(correction, {"event": event("3")}))
    assert error.value.place == "/items/1"


def test_a_correction_by_who_signs_itself_waits_under_its_own_digest(desk):
    signer = desk.own()
    from gateway.enterprise.signing import Given
    from indexer.core.record import Kind

    first = signer.sign(0, [signer.ready(Given("", event(), Kind.EVENT))])
    base = said(desk.submit(signer.participant, first.body))["records"][0]["digest"]
    ready = signer.ready(Given("", event("2"), Kind.AMENDMENT, amends=bytes.fromhex(base)))
    signed = signer.sign(1, [ready])
    answers = [desk.submit(signer.participant, signed.body) for _ in range(2)]
    assert [one.status for one in answers] == [202, 202]
    told = [said(one)["applications"][0] for one in answers]
    assert told[0] == told[1]
    assert told[0]["digest"] == ready.statement.digest.hex()
    again = signer.again(1, signed.body)
    assert again.body == signed.body
