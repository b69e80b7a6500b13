from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.core import canonical, disclosure, event
from indexer.core.errors import InputError
from tests.indexer.core.cases import JSON, OBJECTS
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


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"type": "AggregationEvent"}, "EVENT_TYPE_UNSUPPORTED", "/type"),
        ({"type": "TransformationEvent"}, "EVENT_TYPE_UNSUPPORTED", "/type"),
        ({"type": ["ObjectEvent"]}, "EVENT_TYPE_UNSUPPORTED", "/type"),
        ({"type": None}, "MEMBER_MISSING", "/type"),
        ({"errorDeclaration": {}}, "EVENT_DECLARATION_MISPLACED", "/errorDeclaration"),
        ({"epcList": [], "quantityList": []}, "EVENT_NAMES_NOTHING", "/epcList"),
        ({"epcList": [SERIAL, SERIAL]}, "EVENT_NAMES_TWICE", "/epcList/1"),
        (
            {"epcList": [SERIAL, "urn:epc:id:sgtin:6945000.000001.SN0001"]},
            "EVENT_NAMES_TWICE",
            "/epcList/1",
        ),
        ({"ilmd": {}}, "EVENT_ILMD_MISPLACED", "/ilmd"),
        ({"action": "DELETE", "ilmd": {}}, "EVENT_ILMD_MISPLACED", "/ilmd"),
        ({"_sd": []}, "MEMBER_UNKNOWN", "/_sd"),
    ],
)
def test_what_cannot_be_recorded_is_refused(changes, code, place):
    with pytest.raises(InputError) as caught:
        event.check({**INSPECTING, **changes})
    assert (caught.value.code, caught.value.place) == (code, place)


@pytest.mark.parametrize("value", [None, [], "ObjectEvent", 1, {}])
def test_what_is_no_event_is_refused(value):
    with pytest.raises(InputError):
        event.check(value)


def test_either_list_of_things_is_enough():
    event.check({**INSPECTING, "epcList": []})
    event.check({name: value for name, value in INSPECTING.items() if name != "quantityList"})


def test_all_five_types_name_things_by_their_roles():
    quantity = [{"epcClass": GTIN, "quantity": 3}]
    assert named({"type": "ObjectEvent", "epcList": [SERIAL], "quantityList": quantity}) == [
        ("epc", "/epcList/0", SERIAL),
        ("epc", "/quantityList/0/epcClass", GTIN),
    ]
    assert named(
        {
            "type": "AggregationEvent",
            "parentID": SSCC,
            "childEPCs": [SERIAL],
            "childQuantityList": quantity,
        }
    ) == [
        ("parent", "/parentID", SSCC),
        ("child", "/childEPCs/0", SERIAL),
        ("child", "/childQuantityList/0/epcClass", GTIN),
    ]
    assert named({"type": "AssociationEvent", "parentID": SERIAL, "childEPCs": [SSCC]}) == [
        ("parent", "/parentID", SERIAL),
        ("child", "/childEPCs/0", SSCC),
    ]
    assert named({"type": "TransactionEvent", "parentID": SSCC, "epcList": [SERIAL]}) == [
        ("epc", "/epcList/0", SERIAL),
        ("parent", "/parentID", SSCC),
    ]
    assert named(
        {
            "type": "TransformationEvent",
            "transformationID": "urn:x:t1",
            "inputEPCList": [SSCC],
            "inputQuantityList": quantity,
            "outputEPCList": [SERIAL],
            "outputQuantityList": quantity,
        }
    ) == [
        ("input", "/inputEPCList/0", SSCC),
        ("input", "/inputQuantityList/0/epcClass", GTIN),
        ("output", "/outputEPCList/0", SERIAL),
        ("output", "/outputQuantityList/0/epcClass", GTIN),
    ]


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
    assert named(body) == []


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
        ({"type": "EPCISQueryDocument"}, "/type"),
        ({"schemaVersion": "1.2"}, "/schemaVersion"),
        ({"creationDate": "today"}, "/creationDate"),
        ({"epcisBody": {}}, "/epcisBody/eventList"),
        ({"epcisBody": {"eventList": [1]}}, "/epcisBody/eventList/0"),
        ({"events": []}, "/events"),
    ],
)
def test_what_is_no_document_is_refused(changes, place):
    with pytest.raises(InputError) as caught:
        event.split({**document(CONTEXT), **changes})
    assert caught.value.place == place


MEMBERS = [*INSPECTING, "parentID", "childEPCs", "inputQuantityList", "ilmd", "errorDeclaration"]
TYPES = st.sampled_from(["ObjectEvent", "AggregationEvent", "TransformationEvent", "Product"])


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
