from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.oversight import packing
from gateway.oversight.rules import History, Rule
from tests.gateway.oversight.things import (
    PALLET,
    case,
    happened,
    heater,
    log,
    lot,
    made,
    packed,
    past,
    quantity,
    unpacked,
)

H1, H2, BOX, CRATE = heater(1), heater(2), case("A"), case("B")


def told(events):
    return [
        (one, fault.rule, fault.place, fault.others)
        for one in events
        for fault in packing.contradictions(one, past(one, *events))
    ]


@pytest.mark.parametrize(
    "story",
    [
        [packed(1, BOX, H1, H2), unpacked(2, BOX, H1), packed(3, CRATE, H1), unpacked(4, BOX, H2)],
        [
            packed(1, BOX, H1),
            packed(2, PALLET, BOX),
            unpacked(3, PALLET, BOX),
            unpacked(4, BOX, H1),
        ],
        [packed(1, BOX, H1, H2), unpacked(2, BOX), packed(3, CRATE, H1, H2)],
        [packed(1, BOX, H1, action="OBSERVE"), unpacked(2, BOX, H1)],
        [packed(1, BOX, H1), packed(2, BOX, H1, action="OBSERVE"), packed(3, BOX, H2)],
        [packed(1, BOX, H1), unpacked(2, BOX, H1), packed(3, BOX, H1), unpacked(4, BOX)],
    ],
    ids=str,
)
@given(st.data())
def test_what_is_possible_is_not_remarked_in_whatever_order_it_came(story, data):
    assert told(log(*data.draw(st.permutations(story)))) == []


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("second", [BOX, CRATE])
def test_what_is_packed_twice_is_remarked_once_at_whoever_came_later(second, turned):
    story = [packed(1, BOX, H1), packed(2, second, H2, H1)]
    first, later = log(*(reversed(story) if turned else story))
    place = "/childEPCs/0" if turned else "/childEPCs/1"
    assert told([first, later]) == [(later, Rule.PACKED_TWICE, place, (first.record,))]


def test_what_is_unpacked_from_where_it_is_not_is_remarked():
    events = log(packed(1, BOX, H1), unpacked(2, CRATE, H1), unpacked(3, BOX, H2), made(1, CRATE))
    assert told(events) == [
        (events[1], Rule.NOT_PACKED, "/childEPCs/0", (events[0].record,)),
        (events[2], Rule.NOT_PACKED, "/childEPCs/0", ()),
    ]


def test_what_is_emptied_though_nothing_was_in_it_is_remarked():
    events = log(unpacked(2, BOX), packed(3, BOX, H1))
    assert told(events) == [(events[0], Rule.NOT_PACKED, "/parentID", ())]


def test_what_is_packed_by_number_has_no_story():
    by_number: dict[str, Any] = {"childQuantityList": [quantity(lot(1), 5)]}
    events = log(packed(1, BOX, **by_number), packed(2, CRATE, **by_number), unpacked(3, BOX))
    assert told(events) == []


def test_only_aggregations_pack():
    valve = {"parentID": H1, "childEPCs": [BOX], "action": "ADD"}
    assert told(log(packed(1, PALLET, BOX), happened(2, "AssociationEvent", **valve))) == []


def test_a_story_that_cannot_be_read_whole_is_not_told():
    [one] = log(unpacked(2, BOX, H1))
    assert list(packing.contradictions(one, {H1: History(whole=False)})) == []
    assert list(packing.contradictions(one, {H1: History(), BOX: History(whole=False)})) == []
    [emptied] = log(unpacked(2, BOX))
    assert list(packing.contradictions(emptied, {BOX: History(whole=False)})) == []


def test_the_parents_of_a_story_are_named():
    one, other = log(packed(1, BOX, H1), packed(2, CRATE, H1))
    assert packing.parents(past(other, one, other)) == {BOX}
