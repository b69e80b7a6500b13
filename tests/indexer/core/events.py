"""Events of a made-up gas water heater, whole and right, for tests to spoil."""

from typing import Any

SERIAL = "https://id.gs1.org/01/06945000000015/21/SN0001"
CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"

INSPECTING: dict[str, Any] = {
    "@context": [CONTEXT, {"sy": "https://suyuan.example/ns/"}],
    "type": "ObjectEvent",
    "eventID": "urn:uuid:0190a0e4-7e0a-7000-8000-000000000001",
    "eventTime": "2026-03-02T10:30:00.250+08:00",
    "eventTimeZoneOffset": "+08:00",
    "action": "OBSERVE",
    "epcList": [SERIAL, "urn:epc:id:sgtin:6945000.000001.SN0002"],
    "quantityList": [
        {"epcClass": "urn:epc:class:lgtin:6945000.000002.L1", "quantity": 2.5, "uom": "KGM"}
    ],
    "bizStep": "inspecting",
    "disposition": "conformant",
    "persistentDisposition": {"set": ["completeness_verified"]},
    "readPoint": {"id": "https://id.gs1.org/414/4012345000115/254/L3"},
    "bizLocation": {"id": "urn:epc:id:sgln:0614141.07346.0"},
    "bizTransactionList": [
        {"type": "testres", "bizTransaction": "urn:epcglobal:cbv:bt:4012345000115:R1"},
        {"bizTransaction": "urn:x:1"},
    ],
    "sourceList": [{"type": "owning_party", "source": "https://id.gs1.org/417/4012345000115"}],
    "destinationList": [{"type": "location", "destination": "urn:epc:id:sgln:0614141.07346.0"}],
    "sensorElementList": [
        {
            "sensorMetadata": {"time": "2026-03-02T10:29:00+08:00", "deviceID": "urn:x:device:7"},
            "sensorReport": [
                {"type": "Pressure", "value": 2, "minValue": 1.9, "uom": "KPA", "sy:limit": 3},
                {"exception": "ALARM_CONDITION", "booleanValue": False},
            ],
        }
    ],
    "certificationInfo": ["https://certificates.example/1"],
    "sy:inspector": {"name": "李工"},
}

COMMISSIONING: dict[str, Any] = {
    "type": "ObjectEvent",
    "eventTime": "2026-03-01T08:00:00Z",
    "eventTimeZoneOffset": "+08:00",
    "action": "ADD",
    "epcList": [SERIAL],
    "bizStep": "commissioning",
    "ilmd": {"cbvmda:lotNumber": "L20260301"},
}

HEATER: dict[str, Any] = {
    "type": "Product",
    "gtin": "06945000000015",
    "name": {"zh": "燃气热水器", "en": "Gas water heater"},
    "model": "JSQ30-16X",
    "category": "water_heater",
    "gasClass": "12T",
    "ratedHeatLoadKw": 30.5,
    "standard": "GB 6932",
    "cccNumber": "2026010101000001",
    "safeUseYears": 8,
    "manufacturer": {"zh": "清源燃具有限公司", "en": "Qingyuan Gas Appliances"},
    "servicePhone": "+86 (0760) 400-000",
    "brand": "清源",
    "sy:colour": "white",
}
