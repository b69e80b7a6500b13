import pytest

from indexer.core import code as codes
from indexer.core import reach
from indexer.core.amending import Relation
from indexer.core.verdict import State

NONE = Relation()


def thing(name):
    return f"urn:example:{name}"


def spoken(body, kind=1, sound=True, relation=NONE):
    return reach.Spoken(kind, body, sound, relation)


def objects(*names):
    return spoken({"type": "ObjectEvent", "epcList": [thing(name) for name in names]})


def pack(parent, *children, **facts):
    body = {
        "type": "AggregationEvent",
        "parentID": thing(parent),
        "childEPCs": [thing(name) for name in children],
    }
    return spoken(body, **facts)


def make(inputs, outputs):
    body = {
        "type": "TransformationEvent",
        "inputEPCList": [thing(name) for name in inputs],
        "outputQuantityList": [{"epcClass": thing(name)} for name in outputs],
    }
    return spoken(body)


def found(asked, *records):
    steps = reach.steps(codes.parse(asked if ":" in asked else thing(asked)), records)
    return [step.facts.get("by") or step.reason for step in steps]


def test_a_name_is_a_name_in_any_spelling():
    body = {"type": "ObjectEvent", "epcList": ["urn:epc:id:sgtin:690123.0456789.A1"]}
    asked = "https://shop.example/01/06901234567892/21/A1"
    (step,) = reach.steps(codes.parse(asked), [spoken(body)])
    assert step.state is State.VERIFIED
    assert step.facts == {"by": "CODE", "codes": ["https://id.gs1.org/01/06901234567892/21/A1"]}


def test_links_lead_inward_over_several_events_in_any_order():
    assert found("box", objects("ship"), pack("ship", "pallet"), pack("pallet", "box")) == [
        "LINK",
        "LINK",
        "CODE",
    ]


def test_links_lead_outward_from_what_was_asked():
    assert found("ship", objects("box"), pack("ship", "pallet"), pack("pallet", "box")) == [
        "LINK",
        "CODE",
        "LINK",
    ]


def test_nobody_turns_round_on_the_way():
    assert found("box", pack("pallet", "box", "neighbour"), objects("neighbour")) == [
        "CODE",
        "CODE_NOT_NAMED",
    ]
    # Down to a part and up again into another product made of the same lot.
    assert found(
        "cake", make(["flour"], ["cake"]), make(["flour"], ["bread"]), objects("bread")
    ) == [
        "CODE",
        "LINK",
        "CODE_NOT_NAMED",
    ]


def test_what_went_in_is_reached_from_what_came_out_and_back():
    recipe = make(["flour", "water"], ["cake"])
    assert found("cake", recipe, objects("flour")) == ["CODE", "LINK"]
    assert found("water", recipe, objects("cake"), objects("flour")) == [
        "CODE",
        "LINK",
        "CODE_NOT_NAMED",
    ]


def test_circles_end():
    assert found("a", pack("b", "a"), pack("a", "b"), objects("b")) == ["CODE", "CODE", "LINK"]


def test_an_unsound_record_links_nothing():
    assert found("box", pack("pallet", "box", sound=False), objects("pallet")) == [
        "CODE",
        "CODE_NOT_NAMED",
    ]


def test_only_events_link():
    assert found("box", pack("pallet", "box", kind=2), objects("pallet")) == [
        "CODE",
        "CODE_NOT_NAMED",
    ]


def test_the_class_counts_for_master_data_alone():
    asked = "https://id.gs1.org/01/06901234567892/21/A1"
    product = {"type": "Product", "gtin": "06901234567892"}
    assert found(asked, spoken(product, kind=2)) == ["CLASS"]
    assert found(asked, spoken(product)) == ["CODE_NOT_NAMED"]
    assert found("https://id.gs1.org/01/06901234567892", spoken(product, kind=2)) == ["CODE"]
    event = {
        "type": "ObjectEvent",
        "quantityList": [{"epcClass": "urn:epc:idpat:sgtin:690123.0456789.*"}],
    }
    assert found(asked, spoken(event)) == ["CODE_NOT_NAMED"]
    other = {"type": "Product", "gtin": "06945000000015"}
    assert found(asked, spoken(other, kind=2)) == ["CODE_NOT_NAMED"]


@pytest.mark.parametrize(
    ("relation", "by"),
    [
        (Relation(0, counts=True), "AMENDS"),
        (Relation(0), "AMENDS_FOREIGN"),
        (NONE, "CODE_NOT_NAMED"),
    ],
)
def test_an_amendment_counts_with_what_it_amends(relation, by):
    amending = spoken({"reason": "x"}, kind=4, relation=relation)
    assert found("box", objects("box"), amending) == ["CODE", by]
    if by != "AMENDS_FOREIGN":
        assert found("pot", objects("box"), amending)[1] == "CODE_NOT_NAMED"


def test_amending_what_is_said_of_a_class_speaks_of_the_class_alone():
    product = spoken({"type": "Product", "gtin": "06901234567892"}, kind=2)
    amending = spoken({"reason": "x"}, kind=4, relation=Relation(0, counts=True))
    asked = "https://id.gs1.org/01/06901234567892/21/1"
    assert found(asked, product, amending) == ["CLASS", "CLASS"]


def test_a_correction_names_what_it_says_itself():
    body = {"type": "ObjectEvent", "epcList": [thing("box")]}
    corrected = spoken(body, kind=3, relation=Relation(0, counts=True))
    assert found("box", objects("bix"), corrected) == ["CODE_NOT_NAMED", "CODE"]
    assert found("bix", objects("bix"), corrected) == ["CODE", "AMENDS"]
    asked = "https://id.gs1.org/01/06901234567892/21/1"
    product = spoken({"type": "Product", "gtin": "06901234567892"}, kind=3)
    assert found(asked, product) == ["CLASS"]


def test_a_correction_without_the_right_to_names_nothing_and_links_nothing():
    foreign = {"kind": 3, "relation": Relation(0)}
    body = {"type": "ObjectEvent", "epcList": [thing("box")]}
    assert found("box", objects("box"), spoken(body, **foreign)) == ["CODE", "AMENDS_FOREIGN"]
    packed = pack("pallet", "box", **foreign)
    assert found("box", objects("box"), packed, objects("pallet"))[2] == "CODE_NOT_NAMED"
    linked = pack("pallet", "box", kind=3, relation=Relation(0, counts=True))
    assert found("box", objects("box"), linked, objects("pallet"))[2] == "LINK"


@pytest.mark.parametrize(
    "body",
    [
        {"type": "ObjectEvent", "epcList": [thing("box"), "no code"]},
        {"type": "ObjectEvent", "epcList": {}},
        {"type": "ObjectEvent", "epcList": [7]},
        {"type": "AggregationEvent", "parentID": []},
        {"type": "ObjectEvent", "quantityList": ["x"]},
        {"type": "Product", "gtin": "1"},
    ],
)
def test_what_cannot_be_read_names_nothing(body):
    assert found("box", spoken(body)) == ["EVENT_UNREADABLE"]


def test_a_product_whose_number_is_concealed_speaks_of_nothing():
    assert found("box", spoken({"type": "Product"})) == ["CODE_NOT_NAMED"]


@pytest.mark.parametrize("body", [{}, {"type": []}, {"type": "Letter", "epcList": [thing("box")]}])
def test_what_is_no_event_names_nothing(body):
    assert found("box", spoken(body)) == ["CODE_NOT_NAMED"]


def test_unreadable_content_is_left_to_its_own_step():
    (step,) = reach.steps(codes.parse(thing("box")), [spoken(None)])
    assert (step.state, step.reason) == (State.UNCHECKED, "CONTENT_UNREADABLE")
