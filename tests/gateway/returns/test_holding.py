"""What waits and what does not, decided over a real database; the way over HTTP is test_routes.py's."""

from dataclasses import replace
from uuid import UUID

import pytest

from gateway.declaring import DeclarationMisplacedError, Declared, DeclaredUnclearError
from gateway.enterprise.signing import Given
from gateway.returns import holding
from gateway.returns.identified import Event
from gateway.returns.rules import AmendmentsApartError
from indexer.core import canonical
from indexer.core.eventhash import event_hash
from indexer.core.record import Kind
from tests.gateway.making import Desk, event, said, signed


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


DECLARED = {"declarationTime": "2026-11-21T12:00:00Z", "reason": "incorrect_data"}
ID = {"eventID": "urn:x:1"}
HIDING = {"bizTransactionList": [{"bizTransaction": "urn:x:po:1"}], "suyuan:price": 3299}


def recorded(desk, who, *events):
    answer = desk.submit(who, items(*({"event": one} for one in events)))
    return [one["digest"] for one in said(answer)["records"]]


def taken_back(desk, who, stated):
    """Declare an error of an event; what the operator is to review, None where nothing waits."""
    answer = desk.submit(who, items({"event": {**stated, "errorDeclaration": DECLARED}}))
    if answer.status == 201:
        return None
    (application,) = said(answer)["applications"]
    assert application["kind"] == 4
    return application["amends"]


def test_an_error_declaration_withdraws_the_only_event_of_its_id(desk):
    who = desk.admit().participant
    (digest,) = recorded(desk, who, event(**ID))
    assert taken_back(desk, who, event(bizStep="shipping", **ID)) == digest


def test_of_several_it_withdraws_the_one_that_says_the_same(desk):
    who = desk.admit().participant
    events = [event(serial, **ID, **HIDING) for serial in ("1", "2", "3")]
    digests = recorded(desk, who, *events)
    for stated, digest in zip(events, digests, strict=True):
        respelt = {**stated, "bizStep": "urn:epcglobal:cbv:bizstep:inspecting"}
        assert taken_back(desk, who, respelt) == digest


def test_of_several_that_say_the_same_it_withdraws_the_newest(desk):
    who = desk.admit().participant
    *_, newest = recorded(desk, who, event(**ID), event(**ID))
    assert taken_back(desk, who, event(**ID)) == newest


def test_among_several_others_it_is_refused(desk):
    who = desk.admit().participant
    recorded(desk, who, event("1", **ID), event("2", **ID))
    with pytest.raises(DeclaredUnclearError) as error:
        taken_back(desk, who, event("3", **ID))
    assert error.value.place == "/items/0/event/eventID"


def test_about_an_event_that_is_not_here_it_is_a_record_of_its_own(desk):
    who, stranger = desk.admit().participant, desk.admit(1).participant
    recorded(desk, stranger, event(**ID))
    assert taken_back(desk, who, event(**ID)) is None
    # Declared twice it is still about nothing that is here.
    assert taken_back(desk, who, event(bizStep="packing", **ID)) is None
    (digest,) = recorded(desk, who, event(**ID))
    assert taken_back(desk, who, event(**ID)) == digest


def test_an_event_without_an_id_is_meant_by_that_of_its_record(desk):
    who = desk.admit().participant
    answer = said(desk.submit(who, items({"event": event()})))
    (record,) = answer["records"]
    named = {"eventID": f"urn:uuid:{record['id']}"}
    assert taken_back(desk, who, event(**named)) == record["digest"]


def test_what_was_corrected_no_longer_stands():
    old, new = (Event(bytes([n]) * 32, None, event(str(n))) for n in (1, 2))
    corrected = replace(new, amends=old.digest.hex())
    about = Declared("urn:x:1", event_hash(event("3")))
    assert holding._meant(about, [old, corrected]) == new.digest
    assert holding._meant(about, [old, new]) is None
    assert holding._meant(Declared("urn:x:1", event_hash(old.body)), [old, corrected]) == old.digest


def test_what_was_signed_before_its_event_came_is_answered_as_before(desk):
    """A lost answer is asked for again by the same bytes; meanwhile the event it is about may have come."""
    signer = desk.own()
    declared = {**event(**ID), "errorDeclaration": DECLARED}
    both = signed(signer, 0, event(**ID), declared)
    first = desk.submit(signer.participant, both)
    assert first.status == 201
    assert said(desk.submit(signer.participant, both))["submission"] == said(first)["submission"]
    with pytest.raises(DeclarationMisplacedError) as error:
        desk.submit(signer.participant, signed(signer, 1, declared))
    assert error.value.place == "/items/0/event/errorDeclaration"
