"""Paging and narrowing over a store: every event once, in order, whatever is concealed."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from gateway.exchange import finding
from tests.gateway.exchange.client import problem
from tests.gateway.making import event
from tests.gateway.web.serving import epc

START = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def stored(client):
    """Twelve events of several captures, in no order of their times, two at the same."""
    minutes = [*range(11), 4]
    Random(7).shuffle(minutes)
    made = [
        event(
            str(number),
            eventTime=(START + timedelta(minutes=minute)).isoformat(),
            action="ADD" if number % 2 else "OBSERVE",
        )
        for number, minute in enumerate(minutes)
    ]
    for at in range(0, 12, 5):
        assert client.capture(*made[at : at + 5])["success"]
    return made


@pytest.mark.parametrize("size", [1, 5, 11, 12, 100])
@pytest.mark.parametrize("order", ["eventTime", "recordTime"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_pages_give_every_event_once_in_order(client, stored, size, order, direction):
    asked = f"/events?perPage={size}&orderBy={order}&orderDirection={direction}"
    pages = client.all(asked)
    found = [one for page in pages for one in page]
    assert {len(page) for page in pages[:-1]} <= {size}
    assert len(pages) == -(-12 // size)
    assert sorted(one["epcList"][0] for one in found) == sorted(one["epcList"][0] for one in stored)
    times = [datetime.fromisoformat(one[order]) for one in found]
    assert times == sorted(times, reverse=direction == "DESC")


def test_a_page_goes_on_where_the_last_ended_whatever_came_between(client, stored):
    answer = client.get("/events?perPage=7")
    client.capture(event("new"))
    token = answer.links["next"]["url"].partition("nextPageToken=")[2]
    rest = client.events(f"/events?perPage=100&nextPageToken={token}")
    assert len(rest) == 6
    assert rest[-1]["epcList"] == [epc("new")]


def test_the_number_of_events_can_be_limited_or_insisted_on(client, stored):
    pages = client.all("/events?perPage=2&eventCountLimit=5&orderBy=eventTime")
    assert [len(page) for page in pages] == [2, 2, 1]
    assert len(client.events("/events?maxEventCount=12")) == 12
    for size in (1, 5, 30):
        answer = client.get(f"/events?maxEventCount=11&perPage={size}")
        problem(answer, 413, "QUERY_TOO_LARGE", "QueryTooLargeException")
    assert len(client.events("/events?maxEventCount=6&EQ_action=ADD")) == 6
    answer = client.get("/events?maxEventCount=5&EQ_action=ADD&perPage=2")
    problem(answer, 413, "QUERY_TOO_LARGE", "QueryTooLargeException")
    assert client.events("/events?maxEventCount=0&EQ_action=DELETE") == []


def test_a_page_looks_at_a_bounded_number_of_rows_and_leads_on(client, stored, monkeypatch):
    monkeypatch.setattr(finding, "SCANNED", 4)
    monkeypatch.setattr(finding, "_CHUNK", 2)
    pages = client.all("/events?EQ_suyuan:none=x&EQ_action=ADD")
    assert [len(page) for page in pages] == [0] * len(pages)
    assert 2 <= len(pages) <= 4
    pages = client.all("/events?EQ_INNER_suyuan:none=x")
    assert len(pages) >= 3


def test_what_is_concealed_is_found_by_its_owner(client):
    sent = {
        **event("1"),
        "type": "ObjectEvent",
        "epcList": [epc("1")],
        "bizTransactionList": [{"type": "po", "bizTransaction": "http://t.example/po/1"}],
        "readPoint": {"id": "https://id.gs1.org/414/6945000001012"},
    }
    body = {"items": [{"event": sent, "conceal": ["/bizStep", "/readPoint", "/epcList/0"]}]}
    from indexer.core import canonical

    client.site.post(client.member, canonical.encode(body)).raise_for_status()
    client.capture(event("2", bizStep="shipping"))
    for asked in (
        "EQ_bizStep=inspecting",
        "EQ_readPoint=https://id.gs1.org/414/6945000001012",
        f"MATCH_epc={epc('1')}",
        "EQ_bizTransaction_po=http://t.example/po/1",
    ):
        [found] = client.events(f"/events?{asked}")
        assert found["epcList"] == [epc("1")], asked
    said = client.site.count(
        "select count(*) from gateway.summary where biz_step = 'inspecting' or read_point is not null"
    )
    assert said == 0


@pytest.mark.parametrize("token", ["x", "WzEsMl0", "bnVsbA", "WyJhIiwiYiIsImMiXQ", "W10"])
def test_a_token_that_is_none_of_ours_is_refused(client, stored, token):
    answer = client.get(f"/events?nextPageToken={token}")
    problem(answer, 400, "PAGE_TOKEN", "QueryParameterException")


@pytest.mark.parametrize("time", [-(2**53) + 1, 2**53 - 1, 0])
@pytest.mark.parametrize("order", ["eventTime", "recordTime"])
def test_a_token_of_no_time_there_is_breaks_nothing(client, stored, time, order):
    from uuid import UUID

    from gateway.exchange.paging import Place

    token = Place(time, UUID(int=0), 0).token()
    answer = client.get(f"/events?nextPageToken={token}&orderBy={order}&orderDirection=ASC")
    assert answer.status_code in (200, 400)


def test_records_are_narrowed_by_the_time_of_their_recording(client, stored):
    [first, *_] = client.events("/events?perPage=1")
    at = first["recordTime"]
    assert first in client.events(f"/events?GE_recordTime={at}")
    assert first not in client.events(f"/events?LT_recordTime={at}")
    far = "0001-01-01T00:00:00Z"
    assert len(client.events(f"/events?GE_recordTime={far}&GE_eventTime={far}")) == 12
    assert client.events(f"/events?LT_recordTime={far}&LT_eventTime={far}") == []
