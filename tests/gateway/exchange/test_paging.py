from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.exchange import paging
from gateway.exchange.paging import Place
from gateway.exchange.problems import PageTokenError, QueryParameterError


@given(st.integers(-(2**53) + 1, 2**53 - 1), st.uuids(), st.integers(0, 2**31))
def test_a_place_comes_back_out_of_its_token(time, record, count):
    one = Place(time, record, count)
    assert paging.place(one.token()) == one


@given(st.text(max_size=80))
def test_whatever_else_is_a_token_is_refused(text):
    for read in (paging.place, paging.record, paging.text):
        try:
            read(text)
        except PageTokenError as error:
            assert error.place == "/query/nextPageToken"  # noqa: PT017 -- some texts are tokens


def test_texts_and_ids_are_places_too():
    assert paging.text(paging.after("发货 https://x")) == "发货 https://x"
    one = uuid4()
    assert paging.record(one.hex) == one
    assert paging.uuid("x") is None
    with pytest.raises(PageTokenError):
        paging.text("AA")


def test_a_list_takes_only_its_page():
    assert paging.only({"perPage": ["3"]}).size == 3
    with pytest.raises(QueryParameterError, match="eventType"):
        paging.only({"eventType": ["ObjectEvent"]})
