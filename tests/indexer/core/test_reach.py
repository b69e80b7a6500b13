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


def at(day):
    return {"eventTime": f"2026-01-0{day}T00:00:00Z"}


def objects(*names, day=5):
    body = {"type": "ObjectEvent", "action": "OBSERVE", **at(day)}
    return spoken(body | {"epcList": [thing(name) for name in names]})


def pack(parent, *children, day=1, action="ADD", **facts):
    body = {
        "type": "AggregationEvent",
        "action": action,
        "parentID": thing(parent),
        "childEPCs": [thing(name) for name in children],
    }
    return spoken(body | at(day), **facts)


def make(inputs, outputs, day=3):
    body = {
        "type": "TransformationEvent",
        "inputEPCList": [thing(name) for name in inputs],
        "outputQuantityList": [{"epcClass": thing(name)} for name in outputs],
    }
    return spoken(body | at(day))


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
    assert found("cake", recipe, objects("flour", day=2)) == ["CODE", "LINK"]
    assert found("water", recipe, objects("cake"), objects("flour")) == [
        "CODE",
        "LINK",
        "CODE_NOT_NAMED",
    ]


def test_an_input_counts_up_to_its_consumption_and_an_output_from_its_making():
    recipe = make(["flour"], ["cake"])
    assert found("cake", recipe, objects("flour", day=4)) == ["CODE", "CODE_NOT_NAMED"]
    assert found("flour", recipe, objects("cake", day=2)) == ["CODE", "CODE_NOT_NAMED"]


def test_a_holder_counts_while_the_product_is_in_it():
    records = [pack("pallet", "box"), pack("pallet", action="DELETE", day=4)]
    days = [objects("pallet", day=day) for day in (1, 3, 4, 5)]
    said = ["LINK", "LINK", "CODE_NOT_NAMED", "CODE_NOT_NAMED"]
    # What empties the pallet names only it, and proves until when the box was in it.
    assert found("box", *records, *days) == ["CODE", "LINK", *said]


def test_a_record_without_a_time_speaks_only_of_what_it_names():
    timeless = spoken({"type": "ObjectEvent", "epcList": [thing("pallet")]})
    assert found("box", pack("pallet", "box"), timeless) == ["CODE", "CODE_NOT_NAMED"]
    assert found("pallet", pack("pallet", "box"), timeless) == ["CODE", "CODE"]


def test_a_trace_forward_is_an_answer():
    """Lot, valves, heaters, and the pallet on which one of them left: asked for the lot, all of it speaks."""
    lot, valve, heater = (
        f"https://id.gs1.org/01/06901234567892/{one}" for one in ("10/L", "21/V", "21/H")
    )
    fitted = spoken(
        {"type": "AssociationEvent", "action": "ADD", "parentID": heater, "childEPCs": [valve]}
        | at(3)
    )
    made = spoken(
        {
            "type": "TransformationEvent",
            "inputQuantityList": [{"epcClass": lot}],
            "outputEPCList": [valve],
        }
        | at(2)
    )
    packed = spoken(
        {
            "type": "AggregationEvent",
            "action": "ADD",
            "parentID": thing("pallet"),
            "childEPCs": [heater],
        }
        | at(4)
    )
    assert found(lot, objects("pallet"), packed, fitted, made) == ["LINK", "LINK", "LINK", "CODE"]


def test_a_lots_other_pieces_are_not_spoken_of():
    product = "https://id.gs1.org/01/06901234567892"

    def born(serial):
        body = {"type": "ObjectEvent", "action": "ADD", "epcList": [f"{product}/21/{serial}"]}
        return spoken(body | at(1) | {"ilmd": {"cbvmda:lotNumber": "L"}})

    tested = spoken(
        {
            "type": "ObjectEvent",
            "action": "OBSERVE",
            "quantityList": [{"epcClass": f"{product}/10/L"}],
        }
        | at(2)
    )
    assert found(f"{product}/21/1", born("1"), born("2"), tested) == [
        "CODE",
        "CODE_NOT_NAMED",
        "LINK",
    ]
    assert found(f"{product}/10/L", born("1"), born("2"), tested) == ["CODE"] * 3


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


@pytest.mark.parametrize("kind", [3, 4])
def test_what_was_corrected_or_withdrawn_leads_nowhere(kind):
    over = spoken({"reason": "x"}, kind=kind, relation=Relation(0, counts=True))
    led = found("box", pack("pallet", "box"), objects("pallet"), over)
    assert led == ["CODE", "CODE_NOT_NAMED", "AMENDS"]
    erased = spoken({"basis": "x"}, kind=5, relation=Relation(0, counts=True))
    assert found("box", pack("pallet", "box"), objects("pallet"), erased)[1] == "LINK"
    unsound = spoken({"reason": "x"}, kind=kind, sound=False, relation=Relation(0, counts=True))
    assert found("box", pack("pallet", "box"), objects("pallet"), unsound)[1] == "LINK"


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
