import pytest

from indexer.core import sensor
from indexer.core.errors import InputError


def element(**report):
    return {"sensorReport": [report]}


@pytest.mark.parametrize(
    "report",
    [
        {"type": "Temperature", "value": 26, "uom": "CEL"},
        {
            "type": "gs1:MT-Temperature",
            "minValue": -1.5,
            "maxValue": 2,
            "meanValue": 0,
            "sDev": 0.1,
        },
        {"type": "https://gs1.org/voc/Pressure", "percRank": 50, "percValue": 1.5},
        {
            "type": "suyuan:GasTightness",
            "booleanValue": True,
            "stringValue": "",
            "suyuan:item": "x",
        },
        {"exception": "ERROR_CONDITION", "hexBinaryValue": "0aF"},
        {"exception": "gs1:ALARM_CONDITION", "uriValue": "https://acme.example/e/7"},
        {"type": "Angle", "component": "longitude"},
        {"type": "Length", "component": "https://ref.gs1.org/cbv/Comp-x"},
        {"type": "Length", "component": "acme:depth", "coordinateReferenceSystem": "urn:x:crs"},
        {"type": "Count", "microorganism": "urn:x:m", "chemicalSubstance": "urn:x:c"},
        {"type": "Mass", "time": "2026-03-02T10:29:00.1234567Z", "deviceID": "urn:x:d"},
        {"type": "Mass", "dataProcessingMethod": "urn:x:p", "bizRules": "urn:x:r"},
    ],
    ids=str,
)
def test_reports_of_all_kinds_are_taken(report):
    sensor.ELEMENT({**element(**report), "sensorMetadata": {}}, "")


@pytest.mark.parametrize(
    ("given", "code", "place"),
    [
        ({}, "MEMBER_MISSING", "/sensorReport"),
        ({"sensorReport": []}, "MEMBER_WRONG", "/sensorReport"),
        ({"sensorReport": {"type": "Mass"}}, "MEMBER_WRONG", "/sensorReport"),
        (element(value=1), "MEMBER_MISSING", "/sensorReport/0/type"),
        (element(type=""), "MEMBER_WRONG", "/sensorReport/0/type"),
        (element(type="P", value="1"), "MEMBER_WRONG", "/sensorReport/0/value"),
        (element(type="P", value=True), "MEMBER_WRONG", "/sensorReport/0/value"),
        (element(type="P", limit=1), "MEMBER_UNKNOWN", "/sensorReport/0/limit"),
        (element(type="P", booleanValue=1), "MEMBER_WRONG", "/sensorReport/0/booleanValue"),
        (element(type="P", hexBinaryValue=""), "MEMBER_WRONG", "/sensorReport/0/hexBinaryValue"),
        (element(type="P", uriValue="x"), "MEMBER_WRONG", "/sensorReport/0/uriValue"),
        (element(exception="HOT"), "MEMBER_WRONG", "/sensorReport/0/exception"),
        (element(type="P", component="left"), "MEMBER_WRONG", "/sensorReport/0/component"),
        (element(type="P", time="now"), "MEMBER_WRONG", "/sensorReport/0/time"),
        (
            {**element(type="P"), "sensorMetadata": {"time": "10:29"}},
            "MEMBER_WRONG",
            "/sensorMetadata/time",
        ),
        (
            {**element(type="P"), "sensorMetadata": {"device": "urn:x:d"}},
            "MEMBER_UNKNOWN",
            "/sensorMetadata/device",
        ),
        ({**element(type="P"), "reports": []}, "MEMBER_UNKNOWN", "/reports"),
    ],
)
def test_what_is_wrong_is_named(given, code, place):
    with pytest.raises(InputError) as caught:
        sensor.ELEMENT(given, "")
    assert (caught.value.code, caught.value.place) == (code, place)
