from typing import Any

import pytest

from indexer.core import epcis
from indexer.core.code import Code, Scheme
from indexer.core.errors import InputError
from tests.indexer.core.events import COMMISSIONING, INSPECTING

OBJECT_EVENT = epcis.EVENTS["ObjectEvent"]
GTIN = "https://id.gs1.org/01/06945000000015"


def test_whole_events_follow_the_grammar():
    OBJECT_EVENT(INSPECTING, "")
    OBJECT_EVENT(COMMISSIONING, "")


@pytest.mark.parametrize("name", ["type", "eventTime", "eventTimeZoneOffset", "action"])
def test_what_every_event_needs_must_be_there(name):
    with pytest.raises(InputError) as caught:
        OBJECT_EVENT({key: value for key, value in INSPECTING.items() if key != name}, "")
    assert (caught.value.code, caught.value.place) == ("MEMBER_MISSING", f"/{name}")


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"eventTime": "2026-03-02T10:30:00"}, "MEMBER_WRONG", "/eventTime"),
        ({"eventTimeZoneOffset": "+8:00"}, "MEMBER_WRONG", "/eventTimeZoneOffset"),
        ({"eventTimeZoneOffset": "+14:30"}, "MEMBER_WRONG", "/eventTimeZoneOffset"),
        ({"eventTimeZoneOffset": "Z"}, "MEMBER_WRONG", "/eventTimeZoneOffset"),
        ({"recordTime": "yesterday"}, "MEMBER_WRONG", "/recordTime"),
        ({"eventID": "1"}, "MEMBER_WRONG", "/eventID"),
        ({"action": "observe"}, "MEMBER_WRONG", "/action"),
        ({"action": None}, "MEMBER_WRONG", "/action"),
        ({"epcList": GTIN}, "MEMBER_WRONG", "/epcList"),
        ({"epcList": ["6945000000015"]}, "MEMBER_WRONG", "/epcList/0"),
        ({"epcList": [f"{GTIN}/21/1", f"{GTIN[:-1]}6/21/1"]}, "CODE_CHECK_DIGIT", "/epcList/1"),
        ({"epcList": ["urn:x-suyuan:ecode:9"]}, "CODE_ECODE", "/epcList/0"),
        ({"epcList": [{"...": "x"}]}, "MEMBER_WRONG", "/epcList/0"),
        ({"quantityList": [{"quantity": 1}]}, "MEMBER_MISSING", "/quantityList/0/epcClass"),
        (
            {"quantityList": [{"epcClass": f"{GTIN}/21/1"}]},
            "EVENT_CODE_LEVEL",
            "/quantityList/0/epcClass",
        ),
        (
            {"quantityList": [{"epcClass": GTIN, "quantity": "2"}]},
            "MEMBER_WRONG",
            "/quantityList/0/quantity",
        ),
        (
            {"quantityList": [{"epcClass": GTIN, "quantity": -1}]},
            "MEMBER_WRONG",
            "/quantityList/0/quantity",
        ),
        (
            {"quantityList": [{"epcClass": GTIN, "uom": "kilogram"}]},
            "MEMBER_WRONG",
            "/quantityList/0/uom",
        ),
        (
            {"quantityList": [{"epcClass": GTIN, "uom": "KGM"}]},
            "EVENT_UNIT_ALONE",
            "/quantityList/0/uom",
        ),
        ({"bizStep": "baking"}, "MEMBER_WRONG", "/bizStep"),
        ({"disposition": "shipping"}, "MEMBER_WRONG", "/disposition"),
        (
            {"persistentDisposition": {"set": "active"}},
            "MEMBER_WRONG",
            "/persistentDisposition/set",
        ),
        ({"readPoint": "urn:epc:id:sgln:0614141.07346.0"}, "MEMBER_WRONG", "/readPoint"),
        (
            {"readPoint": {"id": "https://id.gs1.org/414/4012345000116"}},
            "CODE_CHECK_DIGIT",
            "/readPoint/id",
        ),
        ({"bizLocation": {"name": "x"}}, "MEMBER_MISSING", "/bizLocation/id"),
        (
            {"bizTransactionList": [{"type": "po"}]},
            "MEMBER_MISSING",
            "/bizTransactionList/0/bizTransaction",
        ),
        (
            {"bizTransactionList": [{"bizTransaction": "PO 1"}]},
            "MEMBER_WRONG",
            "/bizTransactionList/0/bizTransaction",
        ),
        ({"sourceList": [{"source": "urn:x:1"}]}, "MEMBER_MISSING", "/sourceList/0/type"),
        (
            {"destinationList": [{"type": "location", "source": "urn:x:1"}]},
            "MEMBER_MISSING",
            "/destinationList/0/destination",
        ),
        ({"sensorElementList": [{}]}, "MEMBER_MISSING", "/sensorElementList/0/sensorReport"),
        ({"ilmd": "L1"}, "MEMBER_WRONG", "/ilmd"),
        ({"certificationInfo": 1}, "MEMBER_WRONG", "/certificationInfo"),
        ({"@context": []}, "MEMBER_WRONG", "/@context"),
        ({"@context": [1]}, "MEMBER_WRONG", "/@context"),
        ({"parentID": GTIN}, "MEMBER_UNKNOWN", "/parentID"),
        ({"inspector": "x"}, "MEMBER_UNKNOWN", "/inspector"),
    ],
)
def test_what_is_wrong_is_named(changes, code, place):
    with pytest.raises(InputError) as caught:
        OBJECT_EVENT({**INSPECTING, **changes}, "")
    assert (caught.value.code, caught.value.place) == (code, place)


@pytest.mark.parametrize("kind", epcis.EVENTS)
def test_each_type_has_its_own_members(kind):
    """What belongs to one type alone is unknown to the others; extensions belong to all."""
    event = {
        name: value for name, value in COMMISSIONING.items() if name not in ("epcList", "ilmd")
    }
    own = {"AggregationEvent": "childEPCs", "AssociationEvent": "childEPCs"}
    own |= {"ObjectEvent": "epcList", "TransactionEvent": "epcList"}
    for member in ("epcList", "childEPCs", "inputEPCList"):
        required: Any = {"parentID": GTIN} if kind == "AssociationEvent" else {}
        if kind == "TransactionEvent":
            required = {"bizTransactionList": [{"bizTransaction": "urn:x:1"}]}
        stated = {**event, **required, "type": kind, member: [f"{GTIN}/21/1"], "sy:x": 1}
        if kind == "TransformationEvent":
            del stated["action"]
        if member == own.get(kind, "inputEPCList"):
            epcis.EVENTS[kind](stated, "")
            continue
        with pytest.raises(InputError) as caught:
            epcis.EVENTS[kind](stated, "")
        assert (caught.value.code, caught.value.place) == ("MEMBER_UNKNOWN", f"/{member}")


def test_misfit_urns_stand_for_themselves_and_nothing_else_does():
    misfit = "urn:epc:id:sscc:08600031303.0005"
    assert epcis.read_code(misfit, "/x") == Code(Scheme.URI, misfit)
    for wrong in (f"{GTIN[:-1]}6/21/1", "urn:x-suyuan:ecode:9", "urn:epc:id:sscc:" + "1" * 2000):
        with pytest.raises(InputError) as caught:
            epcis.read_code(wrong, "/x")
        assert caught.value.place == "/x"


@pytest.mark.parametrize("kind", epcis.DOCUMENTS)
def test_documents_lead_to_their_events(kind):
    grammar, way = epcis.DOCUMENTS[kind]
    body: Any = []
    for member in reversed(way):
        body = {member: body}
    made = {**body, "@context": "urn:x:c", "type": kind, "schemaVersion": "2.0"}
    grammar({**made, "createdAt": "2026-03-01T08:00:00Z", "sy:note": 1}, "")
