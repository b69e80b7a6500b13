import pytest

from gateway.exchange.xmlevents import ValueXmlError
from gateway.exchange.xmlnames import (
    MissingElementError,
    RepeatedElementError,
    UnknownAttributeError,
    UnknownElementError,
)
from tests.gateway.exchange.papers import V12, V20, convert, with_event


def events(paper):
    return convert(paper)["epcisBody"]["eventList"]


def one(inside):
    [event] = events(with_event(inside))
    return event


def test_an_event_of_version_1_2_is_read_whole():
    assert events(V12.encode())[0] == {
        "type": "ObjectEvent",
        "eventTime": "2026-03-04T10:00:30.3142715+08:00",
        "recordTime": "2026-03-04T10:00:31Z",
        "eventTimeZoneOffset": "+08:00",
        "eventID": "urn:uuid:0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
        "errorDeclaration": {
            "declarationTime": "2026-03-05T00:00:00Z",
            "reason": "urn:epcglobal:cbv:er:incorrect_data",
            "correctiveEventIDs": ["urn:uuid:0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5c"],
            "acme:by": "QA",
        },
        "epcList": ["urn:epc:id:sgtin:6945000.000001.H2", "urn:epc:id:sgtin:6945000.000001.H1"],
        "action": "ADD",
        "bizStep": "urn:epcglobal:cbv:bizstep:commissioning",
        "disposition": "urn:epcglobal:cbv:disp:active",
        "readPoint": {"id": "urn:epc:id:sgln:6945000.00001.0", "acme:line": "2"},
        "bizLocation": {"id": "urn:epc:id:sgln:6945000.00002.0"},
        "bizTransactionList": [
            {"type": "urn:epcglobal:cbv:btt:prodorder", "bizTransaction": "https://acme.example/po/9"}
        ],
        "quantityList": [
            {"epcClass": "urn:epc:class:lgtin:6945000.000002.L3", "quantity": 150, "uom": "KGM"},
            {"epcClass": "urn:epc:class:lgtin:6945000.000002.L4"},
        ],
        "sourceList": [
            {"type": "urn:epcglobal:cbv:sdt:location", "source": "urn:epc:id:sgln:6945000.00001.0"}
        ],
        "destinationList": [
            {"type": "urn:epcglobal:cbv:sdt:location", "destination": "urn:epc:id:sgln:6945000.00002.0"}
        ],
        "ilmd": {
            "cbvmda:lotNumber": "L20260304",
            "acme:rating": {"unit": "kW", "acme:class": "A", "acme:note": "", "#text": "24.0"},
        },
        "sensorElementList": [
            {
                "sensorMetadata": {
                    "time": "2026-03-04T10:00:00+08:00",
                    "deviceID": "https://acme.example/s/1",
                    "acme:shelf": "3",
                },
                "sensorReport": [
                    {"type": "gs1:Pressure", "value": 2000, "sDev": 0.1, "uom": "PAL", "booleanValue": True},
                    {"type": "acme:Leak", "stringValue": "none"},
                ],
                "acme:batch": "b",
            }
        ],
        "acme:sealList": {"acme:sealElement": {"acme:no": "7"}},
        "acme:by": ["b", "a"],
    }  # fmt: skip


def test_an_association_of_version_2_is_read_whole():
    assert events(V20.encode()) == [
        {
            "type": "AssociationEvent",
            "eventTime": "2026-03-04T10:00:00Z",
            "eventTimeZoneOffset": "+08:00",
            "certificationInfo": ["https://acme.example/c/2", "https://acme.example/c/1"],
            "parentID": "https://id.gs1.org/01/06945000000015/21/H1",
            "childEPCs": ["https://id.gs1.org/01/06945000000022/21/V1"],
            "action": "ADD",
            "bizStep": "https://ref.gs1.org/cbv/BizStep-assembling",
            "disposition": "cbv:Disp-in_progress",
            "persistentDisposition": {
                "unset": ["urn:epcglobal:cbv:disp:recalled"],
                "set": [
                    "urn:epcglobal:cbv:disp:conformant",
                    "urn:epcglobal:cbv:disp:completeness_verified",
                ],
            },
            "b:z": "1",
            "acme:a": "2",
        }
    ]


def test_one_certificate_is_no_list():
    assert one("<certificationInfo>urn:x:1</certificationInfo>")["certificationInfo"] == "urn:x:1"


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("1.0", 1), ("+0.50", 0.5), ("-2", -2), (".5", 0.5), ("5.", 5), ("1e3", 1000)],
)
def test_quantities_are_numbers(text, value):
    inside = f"<quantityList><quantityElement><quantity>{text}</quantity></quantityElement></quantityList>"
    [found] = one(inside)["quantityList"]
    assert found == {"quantity": value}
    assert type(found["quantity"]) is type(value)


@pytest.mark.parametrize("text", ["", "ten", "NaN", "INF", "1e999", "9007199254740992", "1,5", "٣"])
def test_other_quantities_are_refused(text):
    inside = f"<quantityList><quantityElement><quantity>{text}</quantity></quantityElement></quantityList>"
    with pytest.raises(ValueXmlError) as caught:
        one(inside)
    assert caught.value.place.endswith("/ObjectEvent/quantityList/quantityElement/quantity")


def test_truth_is_true_or_false():
    def truth(text):
        inside = f'<sensorElement><sensorReport booleanValue="{text}"/></sensorElement>'
        return one(f"<sensorElementList>{inside}</sensorElementList>")["sensorElementList"][0][
            "sensorReport"
        ][0]["booleanValue"]

    assert [truth(text) for text in ("true", "1", "false", "0")] == [True, True, False, False]
    with pytest.raises(ValueXmlError):
        truth("yes")


@pytest.mark.parametrize(
    ("inside", "error", "place"),
    [
        ("<colour>red</colour>", UnknownElementError, "/colour"),
        ("<epcList><id>urn:x:1</id></epcList>", UnknownElementError, "/epcList/id"),
        ("<epcList><epc><b/></epc></epcList>", UnknownElementError, "/epcList/epc/b"),
        ("<action>ADD</action><action>ADD</action>", RepeatedElementError, "/action[2]"),
        ("<action since='1'>ADD</action>", UnknownAttributeError, "/action"),
        ("<readPoint><id>urn:x:1</id><gate/></readPoint>", UnknownElementError, "/readPoint/gate"),
        (
            "<sourceList><source type='a' kind='b'>c</source></sourceList>",
            UnknownAttributeError,
            "/sourceList/source",
        ),
        (
            "<persistentDisposition><reset/></persistentDisposition>",
            UnknownElementError,
            "/persistentDisposition/reset",
        ),
        (
            "<sensorElementList><sensorElement><sensorReport><value/></sensorReport></sensorElement></sensorElementList>",
            UnknownElementError,
            "/sensorElementList/sensorElement/sensorReport/value",
        ),
    ],
)
def test_what_would_get_lost_is_refused_with_its_place(inside, error, place):
    with pytest.raises(error) as caught:
        one(inside)
    assert caught.value.place == "/EPCISDocument/EPCISBody/EventList/ObjectEvent" + place
    assert caught.value.facts["line"] == 1


def test_an_event_of_no_known_type_is_refused():
    paper = with_event("").replace(b"ObjectEvent", b"QuantityEvent")
    with pytest.raises(UnknownElementError) as caught:
        convert(paper)
    assert caught.value.place.endswith("/EventList/QuantityEvent")
    with pytest.raises(MissingElementError):
        convert(with_event("").replace(b"EventList", b"Events"))
