import pytest

from gateway.exchange import asking
from gateway.exchange.query import Query


@pytest.mark.parametrize(
    ("given", "by_event_time", "descending"),
    [
        ({}, False, False),
        ({"orderBy": ["eventTime"]}, True, True),
        ({"orderBy": ["recordTime"]}, False, True),
        ({"orderBy": ["eventTime"], "orderDirection": ["ASC"]}, True, False),
        ({"orderDirection": ["DESC"]}, False, True),
    ],
)
def test_the_order_is_as_asked(given, by_event_time, descending):
    query, _ = asking.read(given)
    assert (query.by_event_time, query.descending) == (by_event_time, descending)


def test_an_event_answers_if_it_passes_every_test():
    query = Query([lambda event: "a" in event, lambda event: "b" in event])
    assert query.matches({"a": 1, "b": 2})
    assert not query.matches({"a": 1})
    assert Query().matches({})
