from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.oversight import rules
from gateway.oversight.rules import SAYS, History, Rule
from tests.gateway.oversight.things import (
    PALLET,
    SHOP,
    case,
    ended,
    happened,
    heater,
    log,
    lot,
    lots,
    made,
    packed,
    past,
    quantity,
    seen,
    transformed,
)

H1 = heater(1)


def told(rule, events):
    """Judge each event with what the log holds, and list who was accused of what with whom."""
    return [
        (one, fault.rule, fault.place, fault.others)
        for one in events
        for fault in rule(one, past(one, *events))
    ]


def alone(stated):
    [one] = log(stated)
    return [(fault.rule, fault.place) for fault in rules.alone(one)]


def test_every_rule_is_said_in_words():
    assert set(SAYS) == set(Rule)


def test_what_happens_after_its_receipt_is_remarked():
    late = timedelta(days=1).total_seconds() / 3600
    assert alone(seen(late + 1 / 60, H1)) == []
    assert alone(seen(late + 2 / 60, H1)) == [(Rule.TIME_AHEAD, "/eventTime")]


def test_an_error_declared_of_nothing_is_remarked():
    declared = seen(1, H1, errorDeclaration={"declarationTime": "2025-11-02T00:00:00Z"})
    assert alone(declared) == [(Rule.DECLARATION_UNKNOWN, "/errorDeclaration")]


def test_codes_that_stand_for_themselves_though_they_announce_a_key_are_remarked():
    bad = "urn:epc:id:sgln:6945000.1.0"
    stated = seen(
        1,
        H1,
        readPoint={"id": bad},
        bizLocation={"id": "urn:epc:id:sgln:6945000.00001.0"},
        sourceList=[
            {"type": "location", "source": "urn:x:1"},
            {"type": "owning_party", "source": "urn:epc:id:sscc:08600031303.0005"},
        ],
        destinationList=[{"type": "location", "destination": "urn:epc:id:bic:MSCU1234567"}],
    )
    assert alone(stated) == [
        (Rule.CODE_MALFORMED, "/readPoint/id"),
        (Rule.CODE_MALFORMED, "/sourceList/1/source"),
    ]


def test_a_malformed_place_is_told_once_where_it_is_all_that_is_named():
    sensed = happened(1, action="OBSERVE", epcList=[], readPoint={"id": "urn:epc:id:sgln:1.2.0"})
    assert alone(sensed) == [(Rule.CODE_MALFORMED, "/readPoint/id")]


@pytest.mark.parametrize("turned", [False, True])
def test_what_lies_before_the_commissioning_is_remarked_once_at_whoever_came_later(turned):
    story = [made(5, H1), seen(4, H1)]
    first, later = events = log(*(reversed(story) if turned else story))
    assert told(rules.ordered, events) == [
        (later, Rule.BEFORE_COMMISSIONING, "/epcList/0", (first.record,))
    ]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    "step", ["destroying", "decommissioning", "urn:epcglobal:cbv:bizstep:destroying"]
)
def test_what_lies_after_the_end_is_remarked_once_at_whoever_came_later(turned, step):
    story = [made(1, H1), ended(5, H1, step=step), seen(6, H1)]
    events = log(*(reversed(story) if turned else story))
    gone, after = sorted(events, key=lambda it: it.at)[1:]
    later, first = sorted((gone, after), key=lambda it: -it.index)
    assert told(rules.ordered, events) == [(later, Rule.AFTER_END, "/epcList/0", (first.record,))]


def test_what_came_into_being_by_a_transformation_has_its_beginning_there():
    events = log(transformed(3, outputEPCList=[H1]), seen(2, H1))
    assert told(rules.ordered, events) == [
        (events[1], Rule.BEFORE_COMMISSIONING, "/epcList/0", (events[0].record,))
    ]


@pytest.mark.parametrize(
    "story",
    [
        [made(1, H1), seen(1, H1), ended(2, H1), seen(2, H1)],
        [made(1, H1), ended(2, H1, step="decommissioning"), ended(3, H1)],
        [made(1, H1), ended(2, H1), made(3, H1), seen(4, H1)],
        [seen(4, H1), made(3, H1), ended(2, H1), made(1, H1)],
        [made(1, H1), made(3, H1), seen(2, H1)],
        [seen(1, H1), seen(2, H1)],
        [lots(3, quantity(lot(1), 1)), lots(1, quantity(lot(1), 1), action="OBSERVE")],
        [made(5, heater(2)), seen(1, H1)],
    ],
    ids=str,
)
def test_orders_that_are_possible_are_not_remarked(story):
    assert told(rules.ordered, log(*story)) == []


def test_a_parent_that_nobody_recorded_is_remarked_at_its_first_use():
    events = log(made(1, H1), packed(2, PALLET, H1), packed(3, PALLET, heater(2)))
    assert told(rules.unknown, events) == [(events[1], Rule.PARENT_UNKNOWN, "/parentID", ())]
    known = log(packed(2, PALLET, H1), made(1, PALLET))
    assert told(rules.unknown, known) == []
    heard = log(seen(1, PALLET), packed(2, PALLET, H1))
    assert told(rules.unknown, heard) == []


def test_the_parent_of_an_association_counts_and_that_of_a_transaction_does_not():
    valve = happened(2, "AssociationEvent", parentID=H1, childEPCs=[case(1)], action="ADD")
    [one] = log(valve)
    assert told(rules.unknown, [one]) == [(one, Rule.PARENT_UNKNOWN, "/parentID", ())]
    sold = happened(2, "TransactionEvent", parentID=H1, epcList=[heater(2)], action="ADD")
    assert told(rules.unknown, log(sold)) == []


def test_an_input_that_nobody_recorded_is_remarked_at_its_first_use():
    first = transformed(2, inputEPCList=[H1], inputQuantityList=[quantity(lot(1), 5)])
    second = transformed(3, inputEPCList=[], inputQuantityList=[quantity(lot(1), 5)])
    bare = transformed(4, inputQuantityList=[quantity("https://id.gs1.org/01/06945000000022", 1)])
    events = log(first, second, bare)
    assert told(rules.unknown, events) == [
        (events[0], Rule.INPUT_UNKNOWN, "/inputEPCList/0", ()),
        (events[0], Rule.INPUT_UNKNOWN, "/inputQuantityList/0/epcClass", ()),
    ]
    assert told(rules.unknown, log(first, second, made(1, H1), lots(1, quantity(lot(1), 9)))) == []


def repeated(one, *others, same_id=()):
    return [
        (it.rule, it.place, it.others) for it in rules.repeated(one, past(one, *others), same_id)
    ]


def test_the_same_event_under_another_id_is_remarked():
    first, again = log(seen(1, H1, eventID="urn:x:1"), seen(1, H1, eventID="urn:x:2"))
    assert repeated(again, first) == [(Rule.CONTENT_REPEATED, "", (first.record,))]
    assert repeated(first, again) == []
    [elsewhere] = log(seen(1, H1, eventID="urn:x:3"), by=SHOP)
    assert repeated(again, elsewhere) == []
    other, *_ = log(seen(1, H1, readPoint={"id": "urn:x:gate"}))
    assert repeated(again, other) == []


def test_another_event_under_the_same_id_is_remarked():
    first, again = log(seen(1, H1, eventID="urn:x:1"), seen(2, H1, eventID="urn:x:1"))
    assert repeated(again, first, same_id=[first]) == [
        (Rule.ID_REPEATED, "/eventID", (first.record,))
    ]
    assert repeated(first, again, same_id=[again]) == []
    twin, same = log(seen(1, H1, eventID="urn:x:1"), seen(1, H1, eventID="urn:x:1"))
    assert repeated(same, twin, same_id=[twin]) == [(Rule.CONTENT_REPEATED, "", (twin.record,))]


def test_a_history_that_cannot_be_read_whole_says_nothing():
    [one] = log(packed(2, PALLET, H1))
    crowded = {PALLET: History(whole=False), H1: History(whole=False)}
    assert list(rules.unknown(one, crowded)) == []
    assert list(rules.ordered(one, crowded)) == []


@given(
    st.permutations(
        [made(1, H1), seen(2, H1), packed(3, PALLET, H1), ended(9, H1), made(1, PALLET)]
    )
)
def test_good_data_is_good_in_whatever_order_it_came(story):
    events = log(*story)
    assert told(rules.ordered, events) == []
    assert told(rules.unknown, events) == []
    assert [fault for one in events for fault in rules.alone(one)] == []


@given(st.permutations([made(3, H1), seen(2, H1), ended(5, H1), seen(6, H1)]))
def test_each_misfit_is_told_once_in_whatever_order_it_came(story):
    events = log(*story)
    early, birth, end, late = (it.record for it in sorted(events, key=lambda it: it.at))
    found = [(rule, {one.record, *others}) for one, rule, _, others in told(rules.ordered, events)]
    assert sorted(found, key=lambda it: it[0]) == [
        (Rule.AFTER_END, {end, late}),
        (Rule.BEFORE_COMMISSIONING, {early, birth}),
    ]
