from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.core import canonical, disclosure, event
from indexer.core.epcis import EVENTS
from indexer.core.errors import InputError
from tests.indexer.core.cases import JSON, OBJECTS, load, ops, title
from tests.indexer.core.events import COMMISSIONING, CONTEXT, HEATER, INSPECTING, SERIAL

KEY = bytes(32)
GTIN = "https://id.gs1.org/01/06945000000015"
SSCC = "https://id.gs1.org/00/106141411234567897"


def named(happened):
    return [(naming.role, naming.pointer, str(naming.code)) for naming in event.names(happened)]


@pytest.mark.parametrize(
    "good", [INSPECTING, COMMISSIONING, HEATER], ids=["inspecting", "commissioning", "product"]
)
def test_whole_events_pass_and_are_left_as_they_are(good):
    before = canonical.encode(good)
    event.check(good)
    assert canonical.encode(good) == before


@pytest.mark.parametrize("case", load("event", "names"), ids=title)
def test_events_name_things_as_fixed(case):
    assert [list(one) for one in named(case["event"])] == case["names"]
    assert event.void(case["event"]) == case["void"]


@pytest.mark.parametrize("case", load("event", "names"), ids=title)
def test_what_is_whole_and_not_concealed_may_be_recorded(case):
    before = canonical.encode(case["event"])
    if "_sd" not in str(before) and '"..."' not in str(before) and case["names"]:
        event.check(case["event"])
    assert canonical.encode(case["event"]) == before


@pytest.mark.parametrize("case", load("event", "refuse-names"), ids=title)
def test_what_cannot_be_read_is_named_by_its_place(case):
    with pytest.raises(InputError) as caught:
        event.names(case["event"])
    assert (caught.value.code, caught.value.place) == (case["error"], case["place"])


@pytest.mark.parametrize("case", load("event", "refuse-check"), ids=title)
def test_what_cannot_be_recorded_is_refused(case):
    with pytest.raises(InputError) as caught:
        event.check(case["event"])
    assert (caught.value.code, caught.value.place) == (case["error"], case["place"])
    assert str(caught.value)


def test_every_operation_of_the_vectors_is_run():
    assert ops("event") == {"names", "refuse-names", "refuse-check"}


@pytest.mark.parametrize("kind", [["ObjectEvent"], 7, {"a": 1}, "PackingEvent"])
def test_other_types_are_refused(kind):
    with pytest.raises(InputError) as caught:
        event.check({**INSPECTING, "type": kind})
    assert (caught.value.code, caught.value.place) == ("EVENT_TYPE_UNSUPPORTED", "/type")


@pytest.mark.parametrize("value", [None, [], "ObjectEvent", 1, {}])
def test_what_is_no_event_is_refused(value):
    with pytest.raises(InputError):
        event.check(value)


def test_either_list_of_things_is_enough():
    event.check({**INSPECTING, "epcList": []})
    event.check({name: value for name, value in INSPECTING.items() if name != "quantityList"})


def test_spellings_are_named_by_one_code():
    assert [str(naming.code) for naming in event.names(INSPECTING)][:2] == [
        SERIAL,
        "https://id.gs1.org/01/06945000000015/21/SN0002",
    ]


def test_master_data_names_its_product():
    assert named(HEATER) == [("product", "/gtin", GTIN)]


@pytest.mark.parametrize(
    "other", [{}, {"type": "Withdrawal", "epcList": [SERIAL]}, {"type": ["ObjectEvent"]}]
)
def test_other_bodies_name_nothing(other):
    assert event.names(other) == []


def test_what_is_concealed_names_nothing_until_it_is_revealed():
    pointers = ["/epcList/0", "/quantityList/0/epcClass"]
    body, disclosures = disclosure.conceal(INSPECTING, pointers, KEY)
    assert [pointer for _, pointer, _ in named(body)] == ["/epcList/1"]
    assert named(disclosure.reveal(body, disclosures)) == named(INSPECTING)
    body, _ = disclosure.conceal(INSPECTING, ["/epcList", "/quantityList/0"], KEY)
    assert {role for role, _, _ in named(body)} == {"place"}


def test_the_moment_is_read_in_utc():
    assert event.instant(INSPECTING) == datetime(2026, 3, 2, 2, 30, 0, 250000, tzinfo=UTC)
    with pytest.raises(InputError) as caught:
        event.instant(HEATER)
    assert caught.value.place == "/eventTime"


def document(context, *events):
    return {
        "@context": context,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-03-02T10:30:00Z",
        "epcisBody": {"eventList": list(events)},
    }


OWN = {"sy": "https://suyuan.example/ns/"}


@pytest.mark.parametrize(
    ("around", "own", "carried"),
    [
        (CONTEXT, None, CONTEXT),
        ([CONTEXT, OWN], None, [CONTEXT, OWN]),
        (CONTEXT, OWN, [CONTEXT, OWN]),
        (CONTEXT, [CONTEXT, OWN], [CONTEXT, CONTEXT, OWN]),
        ([CONTEXT, OWN], "https://x.example/c", [CONTEXT, OWN, "https://x.example/c"]),
        (OWN, [OWN], [OWN, OWN]),
    ],
)
def test_events_carry_their_context_out_of_a_document(around, own, carried):
    inside = COMMISSIONING if own is None else {**COMMISSIONING, "@context": own}
    (taken,) = event.split(document(around, inside))
    assert taken == {**COMMISSIONING, "@context": carried}
    event.check(taken)


def test_events_come_out_in_their_order_and_unchanged():
    taken = event.split(document(CONTEXT, COMMISSIONING, INSPECTING, {"type": "Odd"}))
    assert [one["type"] for one in taken] == ["ObjectEvent", "ObjectEvent", "Odd"]
    assert "recordTime" not in taken[0]
    assert "eventID" not in taken[0]
    assert event.split(document(CONTEXT)) == []


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"@context": 1}, "/@context"),
        ({"type": "EPCISQueryDocument"}, "/epcisBody/queryResults"),
        ({"type": "Document"}, "/type"),
        ({"type": ["EPCISDocument"]}, "/type"),
        ({"schemaVersion": "1.2"}, "/schemaVersion"),
        ({"creationDate": "today"}, "/creationDate"),
        ({"createdAt": "today"}, "/createdAt"),
        ({"creationDate": ...}, "/creationDate"),
        ({"schemaVersion": ...}, "/schemaVersion"),
        ({"epcisBody": {}}, "/epcisBody/eventList"),
        ({"epcisBody": {"eventList": [1]}}, "/epcisBody/eventList/0"),
        ({"events": []}, "/events"),
    ],
)
def test_what_is_no_document_is_refused(changes, place):
    with pytest.raises(InputError) as caught:
        event.split(
            {
                name: value
                for name, value in {**document(CONTEXT), **changes}.items()
                if value is not ...
            }
        )
    assert caught.value.place == place


@pytest.mark.parametrize("value", [None, 7, [], "EPCISDocument"])
def test_what_is_no_object_is_no_document(value):
    with pytest.raises(InputError) as caught:
        event.split(value)
    assert caught.value.place == ""


def test_events_are_placed_where_they_stood():
    found = event.placed(document(CONTEXT, COMMISSIONING, INSPECTING))
    assert [place for place, _ in found] == ["/epcisBody/eventList/0", "/epcisBody/eventList/1"]
    assert event.placed(INSPECTING) == [("", INSPECTING)]


def test_an_answer_to_a_query_is_taken_apart_like_a_capture():
    answer: Any = {
        "@context": [CONTEXT, OWN],
        "type": "EPCISQueryDocument",
        "epcisBody": {
            "queryResults": {
                "queryName": "SimpleEventQuery",
                "subscriptionID": "7",
                "resultsBody": {"eventList": [COMMISSIONING]},
            }
        },
    }
    place = "/epcisBody/queryResults/resultsBody/eventList/0"
    assert event.placed(answer) == [(place, {**COMMISSIONING, "@context": [CONTEXT, OWN]})]
    dated = {**answer, "schemaVersion": "2.0.0", "creationDate": "2026-03-02T10:30:00Z"}
    assert event.split(dated) == event.split(answer)


def test_a_document_may_be_dated_by_either_name():
    made = document(CONTEXT, COMMISSIONING)
    del made["creationDate"]
    assert event.split({**made, "createdAt": "2026-03-02T10:30:00Z", "id": "urn:x:1"})


def declaration(happened, **members):
    declared = {"declarationTime": "2026-03-05T08:00:00Z", "reason": "incorrect_data", **members}
    return {**happened, "errorDeclaration": declared}


@pytest.mark.parametrize(
    "happened",
    [one["event"] for one in load("event", "names") if one["name"].startswith(("a trans", "an a"))],
    ids=lambda happened: happened["type"],
)
def test_an_error_of_every_type_can_be_declared(happened):
    event.check_declaration(declaration(happened))
    assert event.void(declaration(happened))
    assert not event.void(happened)
    with pytest.raises(InputError) as caught:
        event.check_declaration(happened)
    assert caught.value.place == "/errorDeclaration"


MEMBERS = [*INSPECTING, "parentID", "childEPCs", "inputQuantityList", "ilmd", "errorDeclaration"]
TYPES = st.sampled_from([*EVENTS, "Product", "EPCISDocument", "EPCISQueryDocument"])


@settings(deadline=None)
@given(JSON, OBJECTS, st.sampled_from(MEMBERS), TYPES)
def test_hostile_events_raise_input_errors_alone(value, members, name, kind):
    for hostile in (
        value,
        members,
        {**INSPECTING, name: value},
        {**members, "type": kind, name: value},
    ):
        for read in (event.check, event.split, event.names, event.instant):
            if read in (event.names, event.instant) and not isinstance(hostile, dict):
                continue
            try:
                read(hostile)
            except InputError as error:
                str(error).encode()
                error.place.encode()
