import pytest

from gateway.oversight.balance import exceeded
from gateway.oversight.rules import History, Rule
from tests.gateway.oversight.things import SHOP, log, lot, lots, past, quantity, transformed

L, N = lot("L"), lot("N")


def made(hour, number, uom="KGM", of=L):
    return lots(hour, quantity(of, number, uom))


def shipped(hour, number, uom="KGM"):
    return lots(hour, quantity(L, number, uom), action="OBSERVE", step="shipping")


def received(hour, number):
    return lots(hour, quantity(L, number), action="OBSERVE", step="receiving")


def used(hour, number, uom="KGM", **members):
    return transformed(hour, inputQuantityList=[quantity(L, number, uom)], **members)


def told(events):
    return [
        (one, it.rule, it.place, it.others)
        for one in events
        for it in exceeded(one, past(one, *events))
    ]


@pytest.mark.parametrize(
    "story",
    [
        [made(1, 100), shipped(2, 60), shipped(3, 40)],
        [shipped(3, 40), shipped(2, 60), made(1, 100)],
        [made(1, 0.3), used(2, 0.1), used(3, 0.1), used(4, 0.1)],
        [received(1, 50), made(2, 50), used(3, 100)],
        [shipped(2, 100)],
        [made(1, 10, "KGM"), shipped(2, 500, "H87")],
        [made(1, 10), used(2, 10, outputQuantityList=[quantity(N, 400, "H87")])],
        [made(1, 10, None), shipped(2, 10, None)],
        [made(1, 10), lots(2, quantity(L, 99), action="OBSERVE", step="storing")],
    ],
    ids=str,
)
def test_what_adds_up_is_not_remarked(story):
    assert told(log(*story)) == []


def test_more_than_was_made_is_remarked_from_where_it_is_more():
    events = log(
        made(1, 100), shipped(2, 60), used(3, 41), lots(4, quantity(L, 1), action="DELETE")
    )
    assert told(events) == [
        (events[2], Rule.QUANTITY_EXCEEDED, "/inputQuantityList/0", (events[0].record,)),
        (events[3], Rule.QUANTITY_EXCEEDED, "/quantityList/0", (events[0].record,)),
    ]


def test_what_a_transformation_brings_forth_is_gained():
    events = log(transformed(1, outputQuantityList=[quantity(L, 10)]), shipped(2, 11))
    assert [one for one, *_ in told(events)] == [events[1]]


def test_each_participant_has_a_balance_of_its_own():
    maker, shop = log(made(1, 10), shipped(2, 10)), log(received(3, 10), used(4, 10), by=SHOP)
    assert told([*maker, *shop]) == []
    [more] = log(shipped(5, 1), by=SHOP)
    more = type(more)(**{**vars(more), "index": 99})
    assert [one for one, *_ in told([*maker, *shop, more])] == [more]


def test_a_lot_whose_history_cannot_be_read_whole_has_no_balance():
    [one] = log(shipped(2, 60))
    assert list(exceeded(one, {L: History(whole=False)})) == []
