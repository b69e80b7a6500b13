"""A buyer reads in a few lines what the product was made of and how it travelled."""

from gateway.web import origins
from gateway.web.wording import Wording
from indexer.core.link import Statement
from tests.gateway.web.test_sketch import HEATER, LOT, VALVE, fleet, held, record, story
from tests.indexer.core.test_walk import at


def told():
    made = {"input": [f"urn:x:lot:{n}" for n in range(4)], "output": [f"{HEATER}0"]}
    return story(
        f"{HEATER}0",
        *fleet(1),
        Statement(record(5), at(0), "TransformationEvent", "", made),
        held(6, 9, "Aggregation", "DELETE", "urn:x:case", f"{HEATER}0"),
    )


def test_lines_tell_what_touches_the_product_the_oldest_first():
    one = told()
    lines = origins.lines(one, Wording(one, {}, "en"))
    assert [said for _, said in lines] == [
        "Assembled from 0 · urn:x:lot, 1 · urn:x:lot, 2 · urn:x:lot and 1 more",
        "Built in: 0 · 06945000000022",
        "Packed in case · urn:x",
        "Taken out: 0 · 06945000000022",
        "Taken out of case · urn:x",
    ]
    assert {when for when, _ in lines} == {"2026-01-01"}


def test_a_piece_names_its_lot():
    one = story(f"{VALVE}0", *fleet(1))
    assert origins.lines(one, Wording(one, {}, "zh"))[0][1] == "属于批次 L · 06945000000022"


def test_what_lies_behind_is_counted_without_cases():
    assert origins.beyond(told()) == 6  # four lots, a valve and its lot
    assert origins.beyond(story(LOT, *fleet(1))) == 0
