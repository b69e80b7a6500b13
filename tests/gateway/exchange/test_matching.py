"""Each query parameter over events that answer it and events that do not; values as they stand in an address."""

from typing import Any

import pytest

from gateway.exchange import asking, matching
from tests.gateway.making import GTIN, event

EPC = f"https://id.gs1.org/01/{GTIN}/21/1"
PALLET = "https://id.gs1.org/00/106141412345678908"
CLASS = f"https://id.gs1.org/01/{GTIN}/10/L7"
EX = "https://ns.example/voc/"

OBJECT = event(
    "1",
    **{
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"ex": EX}],
        "eventID": "urn:uuid:1",
        "recordTime": "2026-11-21T12:00:00.000Z",
        "action": "ADD",
        "bizStep": "https://ref.gs1.org/cbv/BizStep-commissioning",
        "disposition": "urn:epcglobal:cbv:disp:active",
        "persistentDisposition": {"set": ["completeness_verified"], "unset": ["cbv:Disp-damaged"]},
        "readPoint": {"id": "urn:epc:id:sgln:0614141.07346.1234"},
        "bizLocation": {"id": "https://id.gs1.org/414/0614141073467"},
        "quantityList": [{"epcClass": CLASS, "quantity": 20, "uom": "KGM"}],
        "bizTransactionList": [{"type": "po", "bizTransaction": "http://t.example/po/1"}],
        "sourceList": [{"type": "owning_party", "source": "urn:epc:id:pgln:0614141.00777"}],
        "destinationList": [
            {"type": "cbv:SDT-location", "destination": "urn:epc:id:sgln:0614141.07346.0"}
        ],
        "ilmd": {"ex:lot": "L7", "ex:inner": {"ex:made": "2026-01-01T00:00:00Z"}},
        "ex:heat": 20,
        "ex:box": {"ex:size": "7"},
        "sensorElementList": [
            {
                "sensorMetadata": {
                    "time": "2026-11-21T09:00:00Z",
                    "deviceID": "urn:epc:id:giai:4000001.111",
                    "bizRules": "https://id.example/rules",
                },
                "sensorReport": [
                    {"type": "gs1:Temperature", "value": 26.0, "uom": "CEL", "percRank": 50},
                    {"type": "https://gs1.org/voc/Speed", "booleanValue": True, "ex:probe": "p"},
                ],
            }
        ],
    },
)
DECLARED = event(
    "2",
    eventID="urn:uuid:2",
    errorDeclaration={
        "declarationTime": "2026-12-01T00:00:00Z",
        "reason": "https://ref.gs1.org/cbv/ER-incorrect_data",
        "correctiveEventIDs": ["urn:uuid:3"],
        "ex:by": "me",
    },
)
AGGREGATION: dict[str, Any] = {
    **event("1"),
    "type": "AggregationEvent",
    "parentID": PALLET,
    "childEPCs": [EPC],
    "childQuantityList": [{"epcClass": CLASS}],
}
AGGREGATION.pop("epcList")
TRANSFORMATION: dict[str, Any] = {
    "type": "TransformationEvent",
    "eventTime": "2026-11-21T10:00:00Z",
    "transformationID": "urn:x:t1",
    "inputEPCList": [EPC],
    "inputQuantityList": [{"epcClass": CLASS, "quantity": 3}],
    "outputEPCList": [f"https://id.gs1.org/01/{GTIN}/21/9"],
    "outputQuantityList": [{"epcClass": f"https://id.gs1.org/01/{GTIN}/10/L9"}],
}
EVENTS = {
    "object": OBJECT,
    "declared": DECLARED,
    "aggregation": AGGREGATION,
    "transformation": TRANSFORMATION,
}

# Parameter, value as in an address, and the events that answer.
TABLE = [
    ("eventType", "ObjectEvent", "object declared"),
    ("eventType", "AggregationEvent|TransformationEvent", "aggregation transformation"),
    ("GE_eventTime", "2026-11-21T18:00:00+08:00", "object declared aggregation transformation"),
    ("LT_eventTime", "2026-11-21T18:00:00+08:00", ""),
    ("GE_recordTime", "2026-11-21T12:00:00Z", "object"),
    ("LT_recordTime", "2026-11-21T12:00:00Z", ""),
    ("EQ_action", "ADD", "object"),
    ("EQ_action", "OBSERVE|DELETE", "declared aggregation"),
    ("EQ_bizStep", "commissioning", "object"),
    ("EQ_bizStep", "urn:epcglobal:cbv:bizstep:commissioning|shipping", "object"),
    ("EQ_disposition", "https://ref.gs1.org/cbv/Disp-active", "object"),
    ("EQ_persistentDisposition_set", "completeness_verified", "object"),
    ("EQ_persistentDisposition_set", "damaged", ""),
    ("EQ_persistentDisposition_unset", "damaged", "object"),
    ("EQ_readPoint", "https://id.gs1.org/414/0614141073467/254/1234", "object"),
    ("EQ_readPoint", "https://id.gs1.org/414/0614141073467", ""),
    ("WD_readPoint", "urn:epc:id:sgln:0614141.07346.0", "object"),
    ("EQ_bizLocation", "urn:epc:id:sgln:0614141.07346.0", "object"),
    ("WD_bizLocation", "(414)0614141073467", "object"),
    ("EQ_bizTransaction_po", "http://t.example/po/1", "object"),
    ("EQ_bizTransaction_urn:epcglobal:cbv:btt:po", "http://t.example/po/1", "object"),
    ("EQ_bizTransaction_inv", "http://t.example/po/1", ""),
    ("EQ_source_owning_party", "https://id.gs1.org/417/0614141007776", "object"),
    ("EQ_destination_location", "https://id.gs1.org/414/0614141073467", "object"),
    ("EQ_destination_owning_party", "https://id.gs1.org/414/0614141073467", ""),
    ("EQ_transformationID", "urn:x:t1", "transformation"),
    ("MATCH_epc", EPC, "object aggregation"),
    ("MATCH_epc", "urn:epc:idpat:sgtin:*.*.*", "object declared aggregation"),
    ("MATCH_parentID", PALLET, "aggregation"),
    ("MATCH_inputEPC", EPC, "transformation"),
    ("MATCH_outputEPC", EPC, ""),
    ("MATCH_anyEPC", EPC, "object aggregation transformation"),
    ("MATCH_anyEPC", f"(01){GTIN}(21)1|{PALLET}", "object aggregation transformation"),
    ("MATCH_epcClass", CLASS, "object aggregation"),
    ("MATCH_inputEPCClass", CLASS, "transformation"),
    ("MATCH_outputEPCClass", CLASS, ""),
    ("MATCH_anyEPCClass", CLASS, "object aggregation transformation"),
    ("EQ_quantity", "20", "object"),
    ("LT_quantity", "20", "transformation"),
    ("GE_quantity", "3", "object transformation"),
    ("EQ_ex:heat", "20", "object"),
    ("GT_ex:heat", "19.5", "object"),
    ("LE_ex:heat", "19.5", ""),
    (f"EQ_{EX}heat", "20", "object"),
    ("EXISTS_ex:heat", "", "object"),
    ("EXISTS_ex:cold", "", ""),
    ("EQ_INNER_ex:size", "7", "object"),
    ("EXISTS_INNER_ex:size", "", "object"),
    ("EQ_ILMD_ex:lot", "L6|L7", "object"),
    ("EXISTS_ILMD_ex:lot", "", "object"),
    ("LT_INNER_ILMD_ex:made", "2026-01-02T00:00:00Z", "object"),
    ("EXISTS_INNER_ILMD_ex:made", "", "object"),
    ("EQ_ERROR_DECLARATION_ex:by", "me", "declared"),
    ("EXISTS_ERROR_DECLARATION_ex:by", "", "declared"),
    ("EQ_SENSORREPORT_ex:probe", "p", "object"),
    ("EQ_eventID", "urn:uuid:1|urn:uuid:9", "object"),
    ("EXISTS_errorDeclaration", "", "declared"),
    ("GE_errorDeclarationTime", "2026-12-01T00:00:00Z", "declared"),
    ("LT_errorDeclaration_Time", "2026-12-01T00:00:00Z", ""),
    ("EQ_errorReason", "incorrect_data", "declared"),
    ("EQ_correctiveEventID", "urn:uuid:3", "declared"),
    ("EQ_type", "Temperature", "object"),
    ("EQ_type", "gs1:Speed", "object"),
    ("EQ_deviceID", "https://id.gs1.org/8004/4000001111", "object"),
    ("EQ_bizRules", "https://id.example/rules", "object"),
    ("EQ_booleanValue", "true", "object"),
    ("EQ_booleanValue", "false", ""),
    ("GE_value_CEL", "26", "object"),
    ("GT_value_CEL", "26", ""),
    ("GE_value_FAH", "26", ""),
    ("EQ_percRank", "50", "object"),
    ("LT_time", "2026-11-21T09:00:01Z", "object"),
    ("GE_startTime", "2026-11-21T09:00:01Z", ""),
]


@pytest.mark.parametrize(("name", "value", "answering"), TABLE)
def test_a_parameter_is_answered_by_what_states_it(name, value, answering):
    query, _ = asking.read(asking.from_url([(name, value)]))
    found = [called for called, one in EVENTS.items() if query.matches(one)]
    assert found == answering.split()


@pytest.mark.parametrize(("name", "value", "answering"), TABLE)
@pytest.mark.parametrize("odd", [None, 5, "x", [None, 5, [], {"a": 1}], {"a": [None]}])
def test_altered_events_answer_nothing_and_break_nothing(name, value, answering, odd):
    query, _ = asking.read(asking.from_url([(name, value)]))
    broken = dict.fromkeys(OBJECT | DECLARED | AGGREGATION | TRANSFORMATION, odd)
    assert query.matches(broken) in (True, False)


def test_any_code_that_an_event_names_is_found_wherever_it_stands():
    for code in (EPC, CLASS):
        assert matching.anything(code)(TRANSFORMATION)
        assert matching.anything(code)(AGGREGATION)
    assert matching.anything(PALLET)(AGGREGATION)
    assert not matching.anything(PALLET)(OBJECT)
    assert list(matching.held(AGGREGATION)) == [EPC, PALLET, CLASS]
