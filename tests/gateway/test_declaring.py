from typing import Any

import pytest
from hypothesis import given

from gateway import declaring
from gateway.declaring import Declared, DeclaredUnclearError
from tests.gateway.making import event
from tests.indexer.core.cases import JSON, OBJECTS

DIGEST = b"\1" * 32
DECLARED: Any = {"declarationTime": "2026-11-21T12:00:00Z", "reason": "did_not_occur"}


def item(**members: Any) -> Any:
    return {"event": event(errorDeclaration=DECLARED, **members)}


def test_a_declaration_names_its_event_by_id_and_content():
    one, other = declaring.read(item(eventID="urn:x:1")), declaring.read(item(eventID="urn:x:2"))
    assert one is not None
    assert other is not None
    assert (one.event_id, other.event_id) == ("urn:x:1", "urn:x:2")
    # Neither the id nor what is declared is part of what happened.
    assert one.event_hash == other.event_hash
    nameless = declaring.read(item())
    assert nameless == Declared(None, one.event_hash)


@pytest.mark.parametrize(
    "other",
    [
        {"event": event()},
        {**item(), "kind": 4, "amends": "00"},
        {**item(), "kind": 3},
        {**item(), "amends": "00"},
        {"event": event(errorDeclaration={})},
        {"event": event(errorDeclaration=None)},
        {"event": event(errorDeclaration=DECLARED, epcList=[])},
        {"event": 7},
        {},
        7,
    ],
    ids=str,
)
def test_other_items_declare_nothing(other: Any):
    assert declaring.read(other) is None
    assert declaring.settle(other, {}) is other


@given(JSON, OBJECTS)
def test_hostile_items_declare_nothing(value, members):
    inside: Any = {**members, "errorDeclaration": value}
    for hostile in (value, {"event": value}, {"event": inside}):
        assert declaring.read(hostile) is None


def test_it_becomes_the_withdrawal_of_what_is_known():
    sent = item(eventID="urn:x:1")
    withdrawal = {**sent, "kind": 4, "amends": DIGEST.hex()}
    about = declaring.read(sent)
    assert about is not None
    assert declaring.settle(sent, {}) is sent
    assert declaring.settle(sent, {about: DIGEST}) == withdrawal
    with pytest.raises(DeclaredUnclearError) as error:
        declaring.settle(sent, {about: None})
    assert error.value.place == "/event/eventID"


def test_signed_it_stays_what_it_is_and_is_told_what_it_should_be():
    sent = item()
    about = declaring.read(sent)
    assert about is not None
    assert declaring.misplaced(sent, {}) is None
    assert declaring.misplaced({"event": event()}, {about: DIGEST}) is None
    wrong = declaring.misplaced(sent, {about: DIGEST})
    assert wrong is not None
    assert DIGEST.hex() in str(wrong)
