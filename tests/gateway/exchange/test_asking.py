import pytest

from gateway.exchange import asking
from gateway.exchange.problems import QueryParameterError


def test_lists_have_bars_between_their_items_and_repeated_parameters_add_up():
    given = asking.from_url([("EQ_action", "ADD|DELETE"), ("EQ_action", "OBSERVE"), ("x", "")])
    assert given == {"EQ_action": ["ADD", "DELETE", "OBSERVE"], "x": [""]}


def test_a_named_query_says_the_same_in_json():
    given = asking.from_members(
        {"eventType": ["ObjectEvent"], "GE_quantity": 5, "EXISTS_ex:a": None, "EQ_ex:b": True}
    )
    assert given == {
        "eventType": ["ObjectEvent"],
        "GE_quantity": ["5"],
        "EXISTS_ex:a": [""],
        "EQ_ex:b": ["true"],
    }
    with pytest.raises(QueryParameterError):
        asking.from_members({"eventType": {"a": 1}})
    with pytest.raises(QueryParameterError):
        asking.from_members({"eventType": [[1]]})


@pytest.mark.parametrize(
    ("given", "size", "token"),
    [
        ({}, asking.PER_PAGE, None),
        ({"perPage": ["7"], "nextPageToken": ["abc"]}, 7, "abc"),
        ({"perPage": ["1000000"]}, asking.MOST_PER_PAGE, None),
        ({"nextPageToken": [""]}, asking.PER_PAGE, None),
    ],
)
def test_a_page_has_a_size_and_a_token(given, size, token):
    _, page = asking.read(given)
    assert (page.size, page.token) == (size, token)


@pytest.mark.parametrize(
    "given",
    [
        {"perPage": ["0"]},
        {"perPage": ["1", "2"]},
        {"perPage": ["ten"]},
        {"nextPageToken": ["a", "b"]},
        {"eventCountLimit": ["1"], "maxEventCount": ["1"]},
        {"orderDirection": ["ASC", "DESC"]},
    ],
)
def test_what_contradicts_itself_is_refused(given):
    with pytest.raises(QueryParameterError):
        asking.read(given)
