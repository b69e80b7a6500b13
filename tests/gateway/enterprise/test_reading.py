"""Files in every form, and what is wrong with them by its place."""

import pytest

from gateway.catalogue.examples import GOLDEN
from gateway.enterprise import reading
from gateway.enterprise.reading import (
    FileShapeError,
    FileUnreadableError,
    NothingToSendError,
    NowhereConcealedError,
)
from indexer.core import canonical, shape
from indexer.core.errors import InputError
from indexer.core.record import Kind
from tests.gateway.catalogue.stating import material, site_data
from tests.gateway.making import event, product

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"


def document(*events):
    return {
        "@context": [CONTEXT],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-11-21T10:00:00Z",
        "epcisBody": {"eventList": list(events)},
    }


def read(value, *conceal):
    return reading.read(canonical.encode(value), conceal)


def test_a_document_is_taken_apart_and_each_event_carries_its_context():
    bare = {name: value for name, value in event("2").items() if name != "@context"}
    first, second = read(document(event("1"), bare))
    assert (first.place, second.place) == ("/epcisBody/eventList/0", "/epcisBody/eventList/1")
    assert second.stated["@context"] == [CONTEXT]
    assert first.kind is second.kind is Kind.EVENT


def test_an_answer_to_a_query_is_a_document_too():
    answer = {
        "@context": [CONTEXT],
        "type": "EPCISQueryDocument",
        "epcisBody": {"queryResults": {"resultsBody": {"eventList": [event()]}}},
    }
    (one,) = read(answer)
    assert one.place == "/epcisBody/queryResults/resultsBody/eventList/0"
    assert one.stated["epcList"] == event()["epcList"]


def test_events_of_every_type_are_taken():
    kinds = ("AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent")
    assert [one.kind for one in read([{**event(), "type": kind} for kind in kinds])] == [
        Kind.EVENT
    ] * 4


def test_events_products_lists_and_items_are_taken():
    assert [(one.place, one.kind) for one in read(event())] == [("", Kind.EVENT)]
    assert [(one.place, one.kind) for one in read(product())] == [("", Kind.MASTER_DATA)]
    assert [one.place for one in read([event("1"), product()])] == ["/0", "/1"]
    items = {
        "items": [{"event": event(), "conceal": ["/bizStep"]}, {"event": product(), "kind": 2}]
    }
    first, second = read(items)
    assert (first.place, first.conceal) == ("/items/0/event", ("/bizStep",))
    assert (second.place, second.kind) == ("/items/1/event", Kind.MASTER_DATA)


def test_master_data_of_every_type_are_taken_and_those_of_a_documents_header_first():
    for stated in (site_data(), material(), GOLDEN["filing"]):
        assert [(one.place, one.kind) for one in read(stated)] == [("", Kind.MASTER_DATA)]
    place = {"id": "urn:epc:id:sgln:6945000.00101.0"}
    vocabulary = {"type": "urn:epcglobal:epcis:vtype:Location", "vocabularyElementList": [place]}
    header = {"epcisMasterData": {"vocabularyList": [vocabulary]}}
    first, second = read({**document(event()), "epcisHeader": header})
    assert first.kind is Kind.MASTER_DATA
    assert first.place == "/epcisHeader/epcisMasterData/vocabularyList/0/vocabularyElementList/0"
    assert first.stated["vocabulary"] == vocabulary["type"]
    assert second.place == "/epcisBody/eventList/0"
    assert [one.kind for one in read({**document(), "epcisHeader": header})] == [Kind.MASTER_DATA]


@pytest.mark.parametrize(
    ("value", "place", "kind"),
    [
        (5, "", FileShapeError),
        ([], "", FileShapeError),
        ({}, "", FileShapeError),
        ({"items": []}, "", FileShapeError),
        ({"items": 5}, "", FileShapeError),
        ([event(), 5], "/1", FileShapeError),
        ([event(), {"action": "ADD"}], "/1", FileShapeError),
        (document(), "", FileShapeError),
        ({"items": [{"event": event()}, {"event": 1}]}, "/items/1/event", InputError),
        ({"items": [{"event": event(), "recordKey": "00"}]}, "/items/0/recordKey", InputError),
        ({"items": [{"event": event()}], "key": "00"}, "/key", InputError),
        ({**document(event()), "schemaVersion": "1.2"}, "/schemaVersion", shape.ShapeError),
    ],
)
def test_what_is_no_such_file_is_named_by_its_place(value, place, kind):
    with pytest.raises(kind) as error:
        read(value)
    assert error.value.place == place


def test_pointers_are_for_every_event_that_has_the_field():
    events = [event("1", **{"suyuan:note": "x"}), event("2")]
    first, second = read(events, "/suyuan:note", "/bizStep")
    assert first.conceal == ("/suyuan:note", "/bizStep")
    assert second.conceal == ("/bizStep",)


def test_a_pointer_that_finds_its_field_nowhere_is_refused():
    with pytest.raises(NowhereConcealedError, match="/suyuan:nota"):
        read([event("1", **{"suyuan:note": "x"}), event("2")], "/suyuan:nota")


def test_an_items_own_pointers_are_not_doubled():
    items = {"items": [{"event": event(), "conceal": ["/bizStep"]}]}
    assert read(items, "/bizStep")[0].conceal == ("/bizStep",)


def test_a_folder_is_walked_in_order_and_other_files_are_left(tmp_path):
    for name in ("b.json", "a/z.jsonld", "a/notes.txt", "c.JSON.bak"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}")
    found = [str(one.relative_to(tmp_path)) for one in reading.files(tmp_path)]
    assert found == ["a/z.jsonld", "b.json"]
    assert reading.files(tmp_path / "c.JSON.bak") == [tmp_path / "c.JSON.bak"]


def test_nothing_there_is_said(tmp_path):
    with pytest.raises(NothingToSendError):
        reading.files(tmp_path)
    with pytest.raises(FileUnreadableError):
        reading.load(tmp_path / "absent.json")
    (tmp_path / "there.json").write_bytes(b"{}")
    assert reading.load(tmp_path / "there.json") == b"{}"
