"""Moments, names and links as JSON shows them."""

import pytest

from gateway.web import graph
from indexer.core.link import FIRST, LAST, Link, Statement, Way, after, process
from indexer.core.walk import Direction, walk


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (FIRST, None),
        (LAST, None),
        ("2026-01-01T00:00:00.5", "2026-01-01T00:00:00.5Z"),
        (after("2026-01-01T00:00:00"), "2026-01-01T00:00:00Z"),
    ],
)
def test_moments_are_utc_and_the_ends_of_time_are_null(text, said):
    assert graph.moment(text) == said


def test_a_process_goes_by_its_transformation_or_by_its_record():
    assert graph.name(process("urn:x:t")) == "urn:x:t"
    assert graph.name(process("of 0190")) == "urn:uuid:0190"
    assert graph.name("urn:x:of ") == "urn:x:of "


def test_an_edge_names_its_records_in_order():
    ids = ["01900000-0000-7000-8000-000000000002", "01900000-0000-7000-8000-000000000001"]
    one = graph._edge(
        Link("a", process("t"), Way.COMPOSITION, "2026-01-01T00:00:00", LAST, frozenset(ids))
    )
    assert [str(each) for each in one.records] == sorted(ids)
    assert (one.outer, one.until) == ("t", None)


def test_a_node_has_its_page_and_a_process_has_none():
    made = Statement(
        1,
        "2026-01-01T00:00:00",
        "TransformationEvent",
        "",
        {"input": ["urn:x:a"], "output": ["urn:x:b"]},
    )
    found = walk("urn:x:a", Direction.FORWARD, [made])
    thing, joint = (graph._node(found.things[one]) for one in ("urn:x:b", process("of 1")))
    assert (thing.kind, thing.page, thing.forward, thing.back) == (
        "thing",
        "/q/urn%3Ax%3Ab",
        1,
        None,
    )
    assert (joint.kind, joint.page) == ("process", None)
