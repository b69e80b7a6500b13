"""Links come of what many events say, in whatever order they are read."""

from itertools import pairwise

import pytest

from indexer.core import event, link
from indexer.core.link import FIRST, LAST, Statement, Way, after
from tests.indexer.core import make_walk_vectors
from tests.indexer.core.vector_file import cases


def at(second):
    return f"2026-01-01T00:00:{second:02}"


def packing(reference, second, action, children, **facts):
    return Statement(
        reference,
        at(second),
        "AggregationEvent",
        action,
        {"parent": ["case"], "child": children},
        **facts,
    )


def found(*statements):
    return sorted(
        (one.inner, one.outer, one.way.value, one.since, one.until, sorted(one.records, key=str))
        for one in link.links(statements)
    )


def held(*statements):
    return [(one[0], one[3], one[4], one[5]) for one in found(*statements)]


def test_a_thing_is_inside_from_what_puts_it_in_to_what_takes_it_out():
    told = [packing(1, 1, "ADD", ["a", "b"]), packing(2, 5, "DELETE", ["a"])]
    assert held(*told) == [("a", at(1), at(5), [1, 2]), ("b", at(1), LAST, [1])]
    assert held(*reversed(told)) == held(*told)


def test_taking_out_without_a_list_empties_it_and_an_empty_list_of_known_children_does_not():
    put = packing(1, 1, "ADD", ["a", "b"])
    assert [one[2] for one in held(put, packing(2, 5, "DELETE", [], all=True))] == [at(5), at(5)]
    # The children are listed, but closed to this reader.
    assert [one[2] for one in held(put, packing(2, 5, "DELETE", []))] == [LAST, LAST]


def test_seeing_it_inside_says_that_it_is_in():
    assert held(packing(1, 3, "OBSERVE", ["a"]), packing(2, 5, "DELETE", ["a"])) == [
        ("a", at(3), at(5), [1, 2])
    ]
    assert held(packing(1, 1, "ADD", ["a"]), packing(2, 3, "OBSERVE", ["a"])) == [
        ("a", at(1), LAST, [1, 2])
    ]


def test_taking_out_what_never_went_in_says_that_it_was_in_at_that_moment():
    assert held(packing(2, 5, "DELETE", ["a"])) == [("a", at(5), after(at(5)), [2])]


def test_what_is_put_in_and_taken_out_at_one_moment_is_as_it_was():
    put, taken = packing(1, 5, "ADD", ["a"]), packing(2, 5, "DELETE", ["a"])
    assert held(put, taken) == [("a", at(5), after(at(5)), [1, 2])]
    before = packing(0, 1, "ADD", ["a"])
    assert held(before, taken, put) == [("a", at(1), at(5), [0, 2]), ("a", at(5), LAST, [1])]


def test_what_goes_in_while_all_comes_out_stays_in():
    told = [
        packing(1, 1, "ADD", ["a"]),
        packing(2, 5, "DELETE", [], all=True),
        packing(3, 5, "ADD", ["b"]),
    ]
    assert held(*told) == [("a", at(1), at(5), [1, 2]), ("b", at(5), LAST, [3])]


def test_a_thing_comes_back():
    told = [packing(n, n, action, ["a"]) for n, action in enumerate(("ADD", "DELETE", "ADD"))]
    assert [one[1:3] for one in held(*told)] == [(at(0), at(1)), (at(2), LAST)]


@pytest.mark.parametrize("action", ["", "None", "REMOVE"])
def test_an_unknown_action_moves_nothing(action):
    assert held(packing(1, 1, action, ["a"])) == []


def test_association_is_kept_apart_from_packing_and_other_events_hold_nothing():
    things = {"parent": ["heater"], "child": ["valve"]}
    (one,) = link.links([Statement(1, at(1), "AssociationEvent", "ADD", things)])
    assert one.way is Way.ASSOCIATION
    assert link.links([Statement(1, at(1), "TransactionEvent", "ADD", things)]) == []
    assert link.links([Statement(1, at(1), "AggregationEvent", "ADD", {"child": ["valve"]})]) == []


def test_a_process_stands_between_what_goes_in_and_what_comes_out():
    made = Statement(
        7, at(1), "TransformationEvent", "", {"input": ["flour", "egg"], "output": ["cake"]}
    )
    assert [one[:3] for one in found(made)] == [
        ("egg", "process of 7", "composition"),
        ("flour", "process of 7", "composition"),
        ("process of 7", "cake", "composition"),
    ]


def test_events_of_one_transformation_are_one_process():
    fed = Statement(
        1, at(1), "TransformationEvent", "", {"input": ["flour"], "transformation": ["process t"]}
    )
    baked = Statement(
        2, at(2), "TransformationEvent", "", {"output": ["cake"], "transformation": ["process t"]}
    )
    assert [(one[0], one[1]) for one in found(fed, baked)] == [
        ("flour", "process t"),
        ("process t", "cake"),
    ]


def read(**members):
    body = {"eventTime": "2026-01-01T08:00:00.500+08:00", "action": "ADD", **members}
    return link.read(1, body, event.names(body))


def test_a_lot_is_linked_to_those_pieces_of_the_same_product_that_come_into_being():
    lot, other = (
        "https://id.gs1.org/01/06901234567892/10/L1",
        "https://id.gs1.org/01/06945000000015/21/1",
    )
    things = {"lot": [lot], "epc": ["https://id.gs1.org/01/06901234567892/21/1", other]}
    born = Statement(1, at(1), "ObjectEvent", "ADD", things)
    assert found(born) == [(lot, things["epc"][0], "lot", at(1), LAST, [1])]
    assert found(Statement(1, at(1), "ObjectEvent", "OBSERVE", things)) == []


def test_a_lot_number_is_about_pieces_that_come_out_and_not_about_other_lots():
    product = "https://id.gs1.org/01/06901234567892"
    things = {"lot": [f"{product}/10/L1"], "output": [f"{product}/21/1", f"{product}/10/L2"]}
    made = Statement(1, at(1), "TransformationEvent", "", things)
    assert [one[:2] for one in found(made) if one[2] == "lot"] == [
        (f"{product}/10/L1", f"{product}/21/1")
    ]


def test_an_event_is_read_with_its_time_in_utc_and_its_roles():
    one = read(type="AggregationEvent", parentID="urn:x:p", childEPCs=["urn:x:c"])
    assert (one.at, one.action, one.all) == ("2026-01-01T00:00:00.5", "ADD", False)
    assert dict(one.things) == {"parent": ["urn:x:p"], "child": ["urn:x:c"]}


@pytest.mark.parametrize(
    "children", [{}, {"childEPCs": []}, {"childEPCs": [], "childQuantityList": []}]
)
def test_no_list_and_an_empty_list_name_all_children(children):
    assert read(type="AggregationEvent", parentID="urn:x:p", **children).all


@pytest.mark.parametrize("closed", ["childEPCs", "childQuantityList"])
def test_closed_children_are_not_all_children(closed):
    one = read(type="AggregationEvent", parentID="urn:x:p", **{closed: [{"...": "x"}]})
    assert (one.all, "child" in one.things) == (False, False)


def test_a_class_links_nothing_and_a_lot_does():
    classes = [
        "urn:epc:idpat:sgtin:690123.0456789.*",
        "https://id.gs1.org/01/06901234567892",
        "urn:epc:class:lgtin:690123.0456789.L1",
    ]
    body = [{"epcClass": one} for one in classes]
    one = read(type="TransformationEvent", inputQuantityList=body)
    assert dict(one.things) == {"input": ["https://id.gs1.org/01/06901234567892/10/L1"]}


def test_a_place_links_nothing():
    room = "https://id.gs1.org/414/6901234567892"
    one = read(type="AssociationEvent", parentID=room, childEPCs=["urn:x:sensor"])
    assert dict(one.things) == {"child": ["urn:x:sensor"]}


@pytest.mark.parametrize(
    "said", [None, 7, "yesterday", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00"]
)
def test_an_event_without_a_time_says_nothing(said):
    assert read(type="ObjectEvent", eventTime=said) is None


def test_an_event_that_declares_itself_an_error_links_nothing():
    said = {"declarationTime": "2026-01-02T00:00:00Z", "reason": "did_not_occur"}
    assert read(type="AggregationEvent", parentID="urn:x:p", errorDeclaration=said) is None


def test_moments_sort_as_time_does():
    texts = [
        "2026-01-01T08:00:00+08:00",
        "2026-01-01T00:00:00.0000001Z",
        "2026-01-01T00:00:00.1Z",
        "2026-01-01T00:00:00.12Z",
        "2026-01-01T00:00:01.000Z",
        "2025-12-31T23:00:02-01:00",
    ]
    read_ = [link.moment({"eventTime": text}) or "" for text in texts]
    assert read_ == sorted(read_)
    assert read_[0] == "2026-01-01T00:00:00"
    assert read_[4] == "2026-01-01T00:00:01"
    for one, later in pairwise(read_):
        assert FIRST < one < after(one) < later < after(later) < LAST


@pytest.mark.parametrize(
    "case", cases(make_walk_vectors.FILE, "moment"), ids=lambda case: case["name"]
)
def test_moments_are_read_as_the_vectors_say(case):
    assert link.moment({"eventTime": case["eventTime"]}) == case["moment"]
