"""The rules as a table; that each refuses at its place is also fixed by the vectors (test_event.py)."""

import pytest

from indexer.core import eventrules
from indexer.core.errors import InputError

ONE, OTHER = "urn:x:1", "urn:x:2"
QUANTITY = [{"epcClass": "urn:x:class"}]
SENSED = {"sensorElementList": [{"sensorReport": [{"type": "Mass"}]}]}
PLACE = {"readPoint": {"id": "urn:x:place"}}


@pytest.mark.parametrize(
    "event",
    [
        {"type": "ObjectEvent", "action": "OBSERVE", "epcList": [ONE, OTHER]},
        {"type": "ObjectEvent", "action": "DELETE", "epcList": [], "quantityList": QUANTITY},
        {"type": "ObjectEvent", "action": "OBSERVE", "epcList": [], **SENSED, **PLACE},
        {
            "type": "ObjectEvent",
            "action": "OBSERVE",
            **SENSED,
            "bizLocation": {"id": "urn:x:place"},
        },
        {"type": "AggregationEvent", "action": "OBSERVE", "childEPCs": [ONE]},
        {
            "type": "AggregationEvent",
            "action": "ADD",
            "parentID": ONE,
            "childQuantityList": QUANTITY,
        },
        {"type": "AggregationEvent", "action": "DELETE", "parentID": ONE},
        {"type": "AggregationEvent", "action": "DELETE", "parentID": ONE, "childEPCs": []},
        {"type": "AssociationEvent", "action": "DELETE", "parentID": ONE},
        {"type": "AssociationEvent", "action": "ADD", "parentID": ONE, "childEPCs": [OTHER]},
        {"type": "TransactionEvent", "action": "ADD", "epcList": [ONE]},
        {"type": "TransactionEvent", "action": "OBSERVE", "parentID": ONE},
        {"type": "TransactionEvent", "action": "DELETE"},
        {"type": "TransformationEvent", "inputEPCList": [ONE], "outputQuantityList": QUANTITY},
        {"type": "TransformationEvent", "outputEPCList": [ONE], "transformationID": OTHER},
        {"type": "TransformationEvent", "inputQuantityList": QUANTITY, "transformationID": OTHER},
        {"type": "TransformationEvent", "inputEPCList": [ONE], "outputEPCList": [ONE]},
    ],
    ids=str,
)
def test_what_the_standard_allows_passes(event):
    eventrules.check(event)


@pytest.mark.parametrize(
    ("event", "code", "place"),
    [
        ({"type": "ObjectEvent", "action": "ADD"}, "EVENT_NAMES_NOTHING", "/epcList"),
        ({"type": "ObjectEvent", "action": "ADD", **SENSED}, "EVENT_NAMES_NOTHING", "/epcList"),
        ({"type": "ObjectEvent", "action": "ADD", **PLACE}, "EVENT_NAMES_NOTHING", "/epcList"),
        (
            {"type": "ObjectEvent", "action": "ADD", "epcList": [ONE, OTHER, ONE]},
            "EVENT_NAMES_TWICE",
            "/epcList/2",
        ),
        (
            {"type": "AggregationEvent", "action": "ADD", "childEPCs": [ONE]},
            "EVENT_PARENT_MISSING",
            "/parentID",
        ),
        (
            {"type": "AggregationEvent", "action": "DELETE", "childEPCs": [ONE]},
            "EVENT_PARENT_MISSING",
            "/parentID",
        ),
        (
            {"type": "AggregationEvent", "action": "OBSERVE", "parentID": ONE, "childEPCs": []},
            "EVENT_CHILDREN_MISSING",
            "/childEPCs",
        ),
        (
            {"type": "AssociationEvent", "action": "ADD", "parentID": ONE},
            "EVENT_CHILDREN_MISSING",
            "/childEPCs",
        ),
        ({"type": "TransactionEvent", "action": "ADD"}, "EVENT_NAMES_NOTHING", "/epcList"),
        ({"type": "TransformationEvent"}, "EVENT_TRANSFORMATION_OPEN", "/inputEPCList"),
        (
            {"type": "TransformationEvent", "transformationID": ONE},
            "EVENT_TRANSFORMATION_OPEN",
            "/inputEPCList",
        ),
        (
            {"type": "TransformationEvent", "inputEPCList": [ONE], "outputEPCList": []},
            "EVENT_TRANSFORMATION_OPEN",
            "/outputEPCList",
        ),
    ],
)
def test_what_breaks_a_rule_is_refused(event, code, place):
    with pytest.raises(InputError) as caught:
        eventrules.check(event)
    assert (caught.value.code, caught.value.place) == (code, place)


@pytest.mark.parametrize(
    ("kind", "action", "allowed"),
    [
        ("ObjectEvent", "ADD", True),
        ("ObjectEvent", "OBSERVE", False),
        ("ObjectEvent", "DELETE", False),
        ("AggregationEvent", "ADD", False),
        ("AssociationEvent", "ADD", False),
        ("TransactionEvent", "ADD", False),
        ("TransformationEvent", None, True),
    ],
)
def test_master_data_of_lots_comes_with_what_brings_them_into_being(kind, action, allowed):
    event = {"type": kind, "action": action}
    eventrules.check_ilmd(event)
    if allowed:
        eventrules.check_ilmd({**event, "ilmd": {}})
        return
    with pytest.raises(InputError) as caught:
        eventrules.check_ilmd({**event, "ilmd": {}})
    assert (caught.value.code, caught.value.place) == ("EVENT_ILMD_MISPLACED", "/ilmd")
