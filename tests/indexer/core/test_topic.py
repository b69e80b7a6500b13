"""One topic's mechanics, on a small topic of the test's own."""

from typing import Any

import pytest

from indexer.core import form
from indexer.core.topic import Fact, Place, Topic, is_step
from tests.indexer.core.schemas import valid

TOPIC = Topic(
    "gift",
    "赠送",
    "Gifts",
    frozenset({"ObjectEvent"}),
    frozenset({"shipping", "void_shipping"}),
    (
        Fact("赠送人", "Giver", (Place(("x:giver",), form.TEXT),)),
        Fact("批号", "Lot", (Place(("ilmd", "x:lot"), form.TEXT), Place(("x:lot",), form.TEXT))),
        Fact("车牌", "Vehicle", (Place(("x:plate",), form.TEXT),), steps=frozenset({"shipping"})),
        Fact("物品", "Things", (Place(("things",), form.listed(form.TEXT, 0)),)),
        Fact("祝语", "Wishes", (Place(("x:wishes",), form.TEXT),), required=False),
    ),
)
GIFT = {
    "suyuan:topic": "gift",
    "type": "ObjectEvent",
    "bizStep": "shipping",
    "x:giver": "甲",
    "x:plate": "粤E·00000",
    "ilmd": {"x:lot": "L1"},
    "things": ["urn:x:1"],
}


def faults(event):
    found = [(one.code, one.place) for one in TOPIC.faults(event)]
    assert valid(TOPIC.schema(), event) == (not found)
    return found


def test_a_whole_event_has_no_faults():
    assert faults(GIFT) == []


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"x:giver": None}, [("MEMBER_WRONG", "/x:giver")]),
        ({"x:giver": ...}, [("TOPIC_FIELD_MISSING", "/x:giver")]),
        ({"ilmd": ...}, [("TOPIC_FIELD_MISSING", "/ilmd/x:lot")]),
        ({"ilmd": 5}, [("TOPIC_FIELD_MISSING", "/ilmd/x:lot")]),
        ({"ilmd": ..., "x:lot": "L2"}, []),
        ({"x:lot": ""}, [("MEMBER_WRONG", "/x:lot")]),
        ({"x:plate": ...}, [("TOPIC_FIELD_MISSING", "/x:plate")]),
        ({"x:plate": ..., "bizStep": "void_shipping"}, []),
        ({"things": []}, [("TOPIC_FIELD_MISSING", "/things")]),
        ({"things": [""]}, [("MEMBER_WRONG", "/things/0")]),
        ({"x:wishes": "好"}, []),
        ({"x:wishes": 5}, [("MEMBER_WRONG", "/x:wishes")]),
        ({"type": "TransactionEvent"}, [("TOPIC_MISPLACED", "/type")]),
        ({"bizStep": "packing"}, [("TOPIC_MISPLACED", "/bizStep")]),
        ({"bizStep": ..., "x:plate": ...}, [("TOPIC_MISPLACED", "/bizStep")]),
        (
            {"x:giver": ..., "things": ..., "x:plate": 5},
            [
                ("TOPIC_FIELD_MISSING", "/x:giver"),
                ("MEMBER_WRONG", "/x:plate"),
                ("TOPIC_FIELD_MISSING", "/things"),
            ],
        ),
    ],
)
def test_all_faults_are_found_at_once_and_the_schema_agrees(changes, wanted):
    event = {name: value for name, value in {**GIFT, **changes}.items() if value is not ...}
    assert faults(event) == wanted


@pytest.mark.parametrize(
    "spelling",
    [
        "shipping",
        "urn:epcglobal:cbv:bizstep:shipping",
        "https://ref.gs1.org/cbv/BizStep-shipping",
        "http://ns.gs1.org/cbv/BizStep-shipping",
        "cbv:BizStep-shipping",
        "BizStep-shipping",
    ],
)
def test_a_step_is_known_in_every_spelling(spelling):
    assert is_step(spelling, TOPIC.steps)
    assert faults({**GIFT, "bizStep": spelling}) == []


@pytest.mark.parametrize(
    "other",
    [
        "shipping\n",
        "Shipping",
        "urn:x:shipping",
        "re-shipping",
        "shippingx",
        "",
        None,
        5,
        ["shipping"],
    ],
)
def test_what_only_looks_like_a_step_is_none(other):
    assert not is_step(other, TOPIC.steps)


def test_both_names_stand_in_the_schema():
    properties: Any = TOPIC.schema()["properties"]
    assert properties["x:giver"] == {
        "title": "赠送人",
        "description": "Giver",
        "type": "string",
        "pattern": r"\S",
    }
    assert properties["ilmd"]["properties"]["x:lot"]["title"] == "批号"
