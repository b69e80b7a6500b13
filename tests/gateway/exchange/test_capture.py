"""Captures past HTTP: what is stored, what waits, what was there before, and two at the same moment."""

import asyncio

import pytest

from gateway.accounts.desk import Caller
from gateway.exchange import capture
from gateway.exchange.document import Part
from gateway.exchange.problems import CaptureLimitError
from gateway.intake import SignatureRequiredError
from indexer.store.engine import async_engine
from tests.gateway.making import NOW, Desk, event

ID = "urn:uuid:0199d1a0-0000-7000-8000-000000000001"


@pytest.fixture
def desk(database):
    return Desk(database)


def take_all(desk, who, captures, behaviour="rollback"):
    """Capture several lists of events at the same moment."""

    async def one(web, events):
        parts = [Part(f"/{at}", {"event": each}) for at, each in enumerate(events)]
        async with web.begin() as connection:
            return await capture.capture(
                connection, desk.intake, Caller(who), parts, behaviour, NOW
            )

    async def run():
        web = async_engine(desk.database.url("web"), connections=20)
        try:
            return await asyncio.gather(*(one(web, events) for events in captures))
        finally:
            await web.dispose()

    return asyncio.run(run())


def take(desk, who, *events, behaviour="rollback"):
    return take_all(desk, who, [events], behaviour)[0]


def codes(taken):
    return [(one["place"], one["code"]) for one in taken.errors]


def test_events_are_stored_in_one_submission_and_told_by_their_ids(desk):
    who = desk.admit().participant
    taken = take(desk, who, event("1", eventID=ID), event("2"))
    assert taken.submission is not None
    assert (taken.applications, taken.errors) == ([], [])
    assert taken.event_ids[0] == ID
    assert taken.event_ids[1].startswith("ni:///sha-256;")


def test_of_the_same_event_in_two_captures_at_once_one_is_stored(desk):
    who = desk.admit().participant
    for number in range(3):
        taken = take_all(desk, who, [[event(f"{number}")]] * 4)
        assert sorted(bool(one.submission) for one in taken) == [False, False, False, True]
        assert [codes(one) for one in taken if one.errors] == [[("/0", "EVENT_KNOWN")]] * 3


def test_what_stands_twice_in_one_document_is_stored_once(desk):
    who = desk.admit().participant
    sent = event("1")
    taken = take(desk, who, sent, event("2"), {**sent, "recordTime": "2026-11-22T00:00:00Z"})
    assert codes(taken) == [("/2", "EVENT_REPEATED")]
    assert taken.submission is None
    taken = take(desk, who, sent, event("2"), sent, behaviour="proceed")
    assert codes(taken) == [("/2", "EVENT_REPEATED")]
    assert len(taken.event_ids) == 2


def test_one_id_may_stand_for_two_contents(desk):
    who = desk.admit().participant
    taken = take(desk, who, event("1", eventID=ID), event("2", eventID=ID))
    assert taken.errors == []
    assert codes(take(desk, who, event("2", eventID=ID))) == [("/0", "EVENT_KNOWN")]


def test_an_event_is_known_by_its_hash_whichever_way_it_was_named(desk):
    who = desk.admit().participant
    [named] = take(desk, who, event("1")).event_ids
    assert codes(take(desk, who, event("1", eventID=named))) == [("/0", "EVENT_KNOWN")]
    take(desk, who, event("2", eventID=ID))
    assert take(desk, who, event("2")).errors == []


def test_a_declaration_waits_and_the_rest_is_stored(desk):
    who = desk.admit().participant
    take(desk, who, event("1", eventID=ID))
    declared = event("1", eventID=ID, errorDeclaration={"declarationTime": "2026-11-22T00:00:00Z"})
    taken = take(desk, who, declared, event("2"))
    assert taken.errors == []
    assert len(taken.applications) == 1
    assert len(taken.event_ids) == 1
    taken = take(desk, who, declared)
    assert (taken.submission, len(taken.applications)) == (None, 1)


def test_nothing_is_stored_of_who_signs_itself_or_sends_too_much(desk):
    signer = desk.own()
    with pytest.raises(SignatureRequiredError):
        take(desk, signer.participant, event())
    who = desk.admit().participant
    many = [event(str(number)) for number in range(desk.limits.items + 1)]
    with pytest.raises(CaptureLimitError):
        take(desk, who, *many)


def test_a_declaration_about_nothing_recorded_is_kept_and_the_event_may_still_come(desk):
    who = desk.admit().participant
    declared = event("1", eventID=ID, errorDeclaration={"declarationTime": "2026-11-22T00:00:00Z"})
    taken = take(desk, who, declared)
    assert (taken.applications, taken.event_ids) == ([], [ID])
    assert codes(take(desk, who, declared)) == [("/0", "EVENT_KNOWN")]
    assert take(desk, who, event("1", eventID=ID)).event_ids == [ID]
    assert codes(take(desk, who, event("1", eventID=ID))) == [("/0", "EVENT_KNOWN")]


def test_an_event_without_an_id_is_withdrawn_by_what_it_says(desk):
    who = desk.admit().participant
    take(desk, who, event("1"))
    declared = event("1", errorDeclaration={"declarationTime": "2026-11-22T00:00:00Z"})
    assert len(take(desk, who, declared).applications) == 1
