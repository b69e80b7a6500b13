"""Many that are alike are drawn as one, and what is not alike stays apart."""

from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest

from gateway.tracer import Story, Told
from gateway.web.sketch import MOST_DRAWN, _fitting, sketch
from gateway.web.wording import Wording
from indexer.core.link import Statement
from indexer.core.walk import Direction, walk
from tests.indexer.core.test_walk import at

VALVE, HEATER = (
    f"https://id.gs1.org/01/{gtin}/21/" for gtin in ("06945000000022", "06945000000015")
)
LOT = "https://id.gs1.org/01/06945000000022/10/L"


ROW = cast(Any, SimpleNamespace())  # a sketch reads what is said, not how it is stored


def record(number):
    return UUID(int=number)


def story(asked, *statements):
    found = walk(asked, Direction.BOTH, statements)
    told = {
        one.reference: Told(ROW, {"bizStep": "assembling"}, [], one.at, True) for one in statements
    }
    return Story(asked, found, told, {}, [], set(), statements, True)


def held(number, second, kind, action, parent, *children):
    things = {"parent": [parent], "child": list(children)}
    return Statement(record(number), at(second), f"{kind}Event", action, things)


def fleet(count=6):
    """A lot of valves, each in a heater, all heaters in one case; one valve was taken out again."""
    lot = {"lot": [LOT], "epc": [f"{VALVE}{n}" for n in range(count)]}
    yield Statement(record(1), at(1), "ObjectEvent", "ADD", lot)
    for n in range(count):
        yield held(10 + n, 2, "Association", "ADD", f"{HEATER}{n}", f"{VALVE}{n}")
    yield held(2, 3, "Aggregation", "ADD", "urn:x:case", *(f"{HEATER}{n}" for n in range(count)))
    yield held(3, 4, "Association", "DELETE", f"{HEATER}0", f"{VALVE}0")


def drawn(story_, language="zh"):
    return sketch(story_, Wording(story_, {}, language))


def test_a_thousand_valves_in_heaters_are_two_boxes_and_the_replaced_one_stays_apart():
    made = drawn(story(LOT, *fleet(1000)))
    many = [one for one in made.shapes if one.many > 1]
    assert [(one.many, one.title) for one in many] == [(999, "× 999 件"), (999, "× 999 件")]
    assert {one.title for one in made.shapes} == {"L", "× 999 件", "0", "case"}
    (ended,) = [one for one in made.strokes if one.ended]
    assert (ended.inner, ended.outer, ended.records) == (
        f"{VALVE}0",
        f"{HEATER}0",
        [record(3), record(10)],
    )
    assert made.more == 0


def test_a_few_are_drawn_one_by_one():
    assert all(one.many == 1 for one in drawn(story(LOT, *fleet(3))).shapes)


def test_the_asked_thing_holders_and_processes_are_marked_and_things_lead_to_their_pages():
    made = Statement(
        record(5),
        at(1),
        "TransformationEvent",
        "",
        {"input": ["urn:x:brass"], "output": [f"{VALVE}1"]},
    )
    shapes = {one.kind: one for one in drawn(story(f"{HEATER}1", *fleet(2), made)).shapes}
    assert set(shapes) == {"asked", "thing", "holder", "process"}
    assert shapes["asked"].href == "/01/06945000000015/21/1"
    assert (shapes["process"].title, shapes["process"].href) == ("组装", None)


def test_one_days_arrows_of_one_thing_are_labelled_once():
    made = drawn(story(LOT, *fleet(3)))
    lot = [one for one in made.strokes if one.inner == LOT]
    assert [one.said for one in lot] == [True, False, False]


def test_of_too_much_the_nearest_is_drawn():
    parts = [f"urn:x:{n}:{n}" for n in range(MOST_DRAWN + 10)]
    steps = [
        Statement(record(n), at(n % 50), "TransformationEvent", "", {"input": [a], "output": [b]})
        for n, (a, b) in enumerate(pairwise(parts))
    ]
    made = drawn(
        story(parts[-1], *[Statement(s.reference, at(1), s.type, "", s.things) for s in steps])
    )
    assert len(made.shapes) == MOST_DRAWN
    assert made.more > 0
    assert made.shapes[0].kind == "asked"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Proportional valve", "Proportional valve"),
        ("Chanxi 16 L balanced-flue gas water heater", "Chanxi 16 L balanced-fl…"),
        ("禅溪 16 升平衡式燃气热水器", "禅溪 16 升平衡式燃气热…"),
        ("", ""),
    ],
)
def test_words_stay_inside_their_box(text, shown):
    assert _fitting(text) == shown
