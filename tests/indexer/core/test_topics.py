"""The tables themselves: each example is of its topic, without any one fact it is not, and the schema says the same."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue.examples import GOLDEN
from indexer.core import event, topics
from indexer.core.errors import InputError
from indexer.core.topic import MEMBER, is_step
from indexer.core.topics import TOPICS, TopicFaultsError
from tests.indexer.core.cases import JSON, OBJECTS
from tests.indexer.core.schemas import valid

REQUIRED = [
    (name, fact)
    for name, topic in TOPICS.items()
    for fact in topic.facts
    if fact.required and (fact.steps is None or is_step(GOLDEN[name]["bizStep"], fact.steps))
]


def without(stated: Any, fact):
    """Take a fact out of an event, wherever it may stand."""
    lacking = deepcopy(stated)
    for place in fact.places:
        inside = lacking
        for name in place.path[:-1]:
            inside = inside.get(name, {})
        inside.pop(place.path[-1], None)
    return lacking


def found(stated):
    faults = list(topics.faults(stated))
    topic = TOPICS.get(stated.get(MEMBER))
    if topic:
        assert valid(topic.schema(), stated) == (not faults)
    return [(one.code, one.place) for one in faults]


@pytest.mark.parametrize("name", TOPICS)
def test_an_example_is_of_its_topic(name):
    assert found(GOLDEN[name]) == []
    event.check(GOLDEN[name])


@pytest.mark.parametrize(("name", "fact"), REQUIRED, ids=[f"{n}-{f.en[:12]}" for n, f in REQUIRED])
def test_each_required_fact_is_missed_by_the_name_of_its_field(name, fact):
    assert found(without(GOLDEN[name], fact)) == [("TOPIC_FIELD_MISSING", fact.places[0].pointer)]


def test_a_sale_between_enterprises_has_a_buyer():
    sold = {**GOLDEN["trade"], "bizStep": "shipping"}
    assert found(sold) == [("TOPIC_FIELD_MISSING", "/suyuan:buyer")]
    assert found({**sold, "suyuan:buyer": "urn:x:buyer"}) == []
    owner = {"type": "owning_party", "destination": "urn:x:buyer"}
    assert found({**sold, "destinationList": [owner]}) == []


def test_goods_at_rest_have_no_vehicle():
    moved = GOLDEN["logistics"]
    still = {
        name: value
        for name, value in moved.items()
        if name not in ("suyuan:carrier", "suyuan:plateNumber")
    }
    assert found(still) == [
        ("TOPIC_FIELD_MISSING", "/suyuan:carrier"),
        ("TOPIC_FIELD_MISSING", "/suyuan:plateNumber"),
    ]
    assert found({**still, "bizStep": "storing"}) == []


@pytest.mark.parametrize("declared", ["filing", "sale", "", None, 5, ["trade"], {}])
def test_a_topic_nobody_knows_is_refused(declared):
    with pytest.raises(topics.TopicUnknownError) as caught:
        event.check({**GOLDEN["trade"], MEMBER: declared})
    assert caught.value.place == "/suyuan:topic"


def test_an_event_without_a_topic_is_held_to_none():
    bare = {
        name: value for name, value in GOLDEN["trade"].items() if not name.startswith("suyuan:")
    }
    event.check(bare)


def test_one_fault_is_raised_as_itself_and_several_together():
    purchase = GOLDEN["purchase"]
    one = {name: value for name, value in purchase.items() if name != "suyuan:lot"}
    with pytest.raises(InputError) as caught:
        event.check(one)
    assert caught.value.place == "/ilmd/suyuan:lot"
    several = {name: value for name, value in one.items() if name != "suyuan:supplier"}
    with pytest.raises(TopicFaultsError) as both:
        event.check(several)
    moved: Any = both.value.under("/items/7/event")
    assert [fault.place for fault in moved.faults] == [
        "/items/7/event/suyuan:supplier",
        "/items/7/event/ilmd/suyuan:lot",
    ]
    assert (moved.place, moved.facts["count"]) == (moved.faults[0].place, 2)


@given(st.sampled_from(sorted(TOPICS)), st.data())
def test_the_schema_and_the_check_agree_on_any_event(name, data):
    stated = deepcopy(GOLDEN[name])
    for member in data.draw(st.sets(st.sampled_from(sorted(stated.keys() - {MEMBER})), max_size=3)):
        value = data.draw(st.one_of(st.just(...), JSON))
        if value is ...:
            del stated[member]
        else:
            stated[member] = value
    found(stated)


@given(OBJECTS, JSON)
def test_hostile_events_raise_input_errors_alone(members, declared):
    for topic in (declared, *TOPICS):
        try:
            event.check({**members, MEMBER: topic})
        except InputError as error:
            str(error).encode()
