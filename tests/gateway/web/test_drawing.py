"""Drawings keep boxes apart, lead from left to right, and put what is aside below."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from gateway.web.drawing import LYING, UPRIGHT, Box, draw

KEYS = "abcdefgh"


@st.composite
def graphs(draw_):
    boxes = [
        Box(key, round=draw_(st.integers(0, 4)) == 0, aside=draw_(st.integers(0, 3)) == 0)
        for key in KEYS[: draw_(st.integers(1, len(KEYS)))]
    ]
    ends = st.sampled_from([box.key for box in boxes])
    return boxes, draw_(st.lists(st.tuples(ends, ends), max_size=14))


@given(graphs(), st.sampled_from([LYING, UPRIGHT]))
def test_boxes_never_overlap_and_lie_within_the_drawing(graph, size):
    boxes, arrows = graph
    made = draw(boxes, arrows, size)
    assert set(made.boxes) == {box.key for box in boxes}
    for one, other in combinations(made.boxes.values(), 2):
        beside = one.x + one.width <= other.x or other.x + other.width <= one.x
        above = one.y + one.height <= other.y or other.y + other.height <= one.y
        assert beside or above, made.boxes
    for one in made.boxes.values():
        assert one.x >= 0
        assert one.y >= 0
        assert one.x + one.width <= made.width + 1
        assert one.y + one.height <= made.height + 1


@given(graphs(), st.sampled_from([LYING, UPRIGHT]))
def test_every_arrow_between_two_boxes_has_a_path_once(graph, size):
    boxes, arrows = graph
    made = draw(boxes, arrows, size)
    assert set(made.arrows) == {(one, other) for one, other in arrows if one != other}
    assert all(path.startswith("M") for path, _, _ in made.arrows.values())


@given(graphs())
def test_the_same_graph_is_drawn_the_same(graph):
    boxes, arrows = graph
    assert draw(boxes, arrows, LYING) == draw(boxes, arrows, LYING)


def columns(made):
    return {key: one.x for key, one in made.boxes.items()}


def test_arrows_lead_from_left_to_right_and_upright_from_top_to_bottom():
    boxes = [Box(key) for key in "abcd"]
    arrows = [("a", "b"), ("b", "c"), ("a", "c"), ("d", "c")]
    x = columns(draw(boxes, arrows, LYING))
    assert x["a"] < x["b"] < x["c"]
    assert x["d"] == x["b"]  # right before what it leads to
    y = {key: one.y for key, one in draw(boxes, arrows, UPRIGHT).boxes.items()}
    assert y["a"] < y["b"] < y["c"]


def test_circles_are_drawn():
    made = draw([Box("a"), Box("b")], [("a", "b"), ("b", "a")], LYING)
    assert columns(made)["a"] != columns(made)["b"]


def test_what_is_aside_stands_below_and_its_holders_below_it():
    boxes = [Box("item"), Box("other"), Box("case", aside=True), Box("pallet", aside=True)]
    made = draw(boxes, [("item", "case"), ("case", "pallet")], LYING).boxes
    assert max(made["item"].y, made["other"].y) + LYING.height < made["case"].y < made["pallet"].y
    assert made["case"].x == made["pallet"].x


def test_a_straight_line_stays_straight():
    made = draw([Box(key) for key in "abc"], [("a", "b"), ("b", "c")], LYING)
    assert len({one.y for one in made.boxes.values()}) == 1


def test_nothing_is_drawn_of_nothing():
    assert draw([], [], LYING).boxes == {}
