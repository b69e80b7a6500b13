from typing import Any

import pytest

from gateway.exchange import document
from gateway.exchange.headers import MediaTypeError
from gateway.statement import ItemShapeError
from indexer.core import canonical
from indexer.core.errors import InputError
from tests.gateway.exchange import client
from tests.gateway.making import event


def read(value, media="application/json"):
    return document.events(document.decode(canonical.encode(value), media))


def test_each_event_knows_its_place_and_carries_its_context():
    parts = read(client.document(event("1"), event("2")))
    assert [one.place for one in parts] == ["/epcisBody/eventList/0", "/epcisBody/eventList/1"]
    assert [one.item["event"] for one in parts] == [event("1"), event("2")]


def test_the_answer_to_a_query_is_a_document_of_events():
    made = client.document(event("1"))
    results = {"queryResults": {"resultsBody": made["epcisBody"]}}
    asked = {"@context": made["@context"], "type": "EPCISQueryDocument", "epcisBody": results}
    [part] = read(asked)
    assert part.place == "/epcisBody/queryResults/resultsBody/eventList/0"
    broken: Any
    for broken in ({}, {"queryResults": 5}, {"queryResults": {"resultsBody": {}}}):
        with pytest.raises(InputError):
            read({**asked, "epcisBody": broken})


@pytest.mark.parametrize("value", [[], 5, None, {}, {"type": "EPCISDocument"}])
def test_what_is_no_document_is_refused(value):
    with pytest.raises(InputError):
        read(value)


def test_other_media_are_refused():
    for media in ("text/plain", "", "application/epcis"):
        with pytest.raises(MediaTypeError):
            read(client.document(), media)


def test_an_error_is_told_by_its_place_in_the_whole():
    part = document.Part("/epcisBody/eventList/3", {})
    inside = part.placed(ItemShapeError(place="/items/0/event/action", wanted="x"))
    assert inside.place == "/epcisBody/eventList/3/action"
    assert str(inside) == "/epcisBody/eventList/3/action is not x"
    whole = part.placed(ItemShapeError(place="/items/0/amends", wanted="x"))
    assert whole.place == "/epcisBody/eventList/3"


def test_a_single_event_stands_at_the_root():
    [part] = document.single(canonical.encode(event("1")))
    assert (part.place, part.item) == ("", {"event": event("1")})


def test_elements_of_a_header_are_master_data():
    [part] = document.described([("/epcisHeader/x", {"id": "urn:x:1"})])
    assert (part.place, part.item) == ("/epcisHeader/x", {"kind": 2, "event": {"id": "urn:x:1"}})
