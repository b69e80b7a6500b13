"""Events by their ids, over a real database."""

from uuid import UUID, uuid4

import pytest

from gateway.returns import identified
from indexer.core import canonical
from indexer.store.engine import engine
from tests.gateway.making import Desk, event, said

HIDING = {
    "sourceList": [{"type": "owning_party", "source": "urn:x:1"}],
    "suyuan:price": 3299,
}


@pytest.fixture
def desk(database):
    return Desk(database)


def stored(desk, who, *items):
    answer = desk.submit(who, canonical.encode({"items": list(items)}))
    return said(answer)["records"]


def found(desk, who, event_id):
    reader = engine(desk.database.url("web"))
    try:
        with reader.connect() as connection:
            return identified.events(connection, desk.vault, who, event_id)
    finally:
        reader.dispose()


def test_an_event_is_found_by_its_id_and_comes_opened(desk):
    who = desk.admit().participant
    stated = event(eventID="urn:x:1", **HIDING)
    (record,) = stored(desk, who, {"event": stated})
    (one,) = found(desk, who, "urn:x:1")
    assert (one.digest.hex(), one.amends, one.body) == (record["digest"], None, stated)
    assert found(desk, who, "urn:x:2") == []
    assert found(desk, uuid4(), "urn:x:1") == []


def test_a_concealed_id_is_found_as_well(desk):
    who = desk.admit().participant
    stated = event(eventID="urn:x:1")
    stored(desk, who, {"event": stated, "conceal": ["/eventID"]})
    assert [one.body for one in found(desk, who, "urn:x:1")] == [stated]


def test_an_event_without_an_id_is_found_by_that_of_its_record(desk):
    who, stranger = desk.admit().participant, desk.admit(1).participant
    (record,) = stored(desk, who, {"event": event()})
    event_id = f"urn:uuid:{record['id']}"
    assert [one.body for one in found(desk, who, event_id)] == [event()]
    assert found(desk, stranger, event_id) == []
    assert found(desk, who, f"urn:uuid:{UUID(int=7)}") == found(desk, who, "urn:uuid:x") == []


def test_all_of_an_id_come_oldest_first_and_declarations_are_none(desk):
    who = desk.admit().participant
    declared = {"declarationTime": "2026-11-21T12:00:00Z"}
    stored(desk, who, {"event": event("9", eventID="urn:x:1", errorDeclaration=declared)})
    assert found(desk, who, "urn:x:1") == []
    for serial in ("1", "2"):
        stored(desk, who, {"event": event(serial, eventID="urn:x:1")})
    assert [one.body["epcList"] for one in found(desk, who, "urn:x:1")] == [
        event(serial)["epcList"] for serial in ("1", "2")
    ]
