from typing import Any

import pytest

from tests.gateway.exchange.client import escaped, problem
from tests.gateway.making import event

SHIPPED: dict[str, Any] = {
    "name": "shipped / 发货",
    "query": {"eventType": ["ObjectEvent"], "EQ_bizStep": "shipping"},
}


@pytest.fixture
def stored(client):
    client.capture(
        *[event(str(at), bizStep="shipping" if at % 2 else "packing") for at in range(6)]
    )
    return client


def test_a_query_is_named_shown_answered_and_forgotten(stored, other):
    answer = stored.post("/queries", SHIPPED)
    assert answer.status_code == 201, answer.text
    path = f"/queries/{escaped(SHIPPED['name'])}"
    assert answer.headers["location"] == "/epcis" + path
    assert stored.get(path).json() == SHIPPED
    pages = stored.all(f"{path}/events?perPage=2")
    assert [len(page) for page in pages] == [2, 1]
    assert {one["bizStep"] for page in pages for one in page} == {"shipping"}
    said = stored.get(f"{path}/events").json()
    assert said["epcisBody"]["queryResults"]["queryName"] == SHIPPED["name"]
    assert stored.get("/queries").json() == [SHIPPED]
    assert other.get("/queries").json() == []
    problem(other.get(path), 404, "EPCIS_NO_SUCH_NAME", "NoSuchResourceException")
    problem(other.delete(path), 404, "EPCIS_NO_SUCH_NAME", "NoSuchResourceException")
    assert stored.delete(path).status_code == 204
    for gone in (stored.get(path), stored.get(f"{path}/events"), stored.delete(path)):
        problem(gone, 404, "EPCIS_NO_SUCH_NAME", "NoSuchResourceException")


def test_a_name_is_given_once(stored, other):
    assert stored.post("/queries", SHIPPED).status_code == 201
    answer = stored.post("/queries", SHIPPED)
    problem(answer, 409, "QUERY_NAME_TAKEN", "ResourceAlreadyExistsException", "/name")
    assert other.post("/queries", SHIPPED).status_code == 201


@pytest.mark.parametrize(
    ("body", "code", "place"),
    [
        ([], "QUERY_SHAPE", ""),
        ({"query": {}}, "QUERY_SHAPE", "/name"),
        ({"name": "", "query": {}}, "QUERY_SHAPE", "/name"),
        ({"name": "x" * 201, "query": {}}, "QUERY_SHAPE", "/name"),
        ({"name": "x"}, "QUERY_SHAPE", "/query"),
        ({"name": "x", "query": {"EQ_bizStp": ["a"]}}, "QUERY_PARAMETER", "/query/EQ_bizStp"),
        (
            {"name": "x", "query": {"GE_eventTime": "then"}},
            "QUERY_PARAMETER",
            "/query/GE_eventTime",
        ),
        ({"name": "x", "query": {"perPage": 3}}, "QUERY_PARAMETER", "/query/perPage"),
        ({"name": "x", "query": {"EQ_action": {"a": 1}}}, "QUERY_PARAMETER", "/query/EQ_action"),
        (b"{", "JSON_SYNTAX", ...),
    ],
)
def test_a_query_that_could_not_be_answered_gets_no_name(client, body, code, place):
    answer = client.post("/queries", body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] == code
    assert place is ... or answer.json()["place"] == place
    assert client.get("/queries").json() == []


def test_the_parameters_of_a_named_query_stand_in_it_and_not_beside(stored):
    stored.post("/queries", {"name": "q", "query": {}})
    answer = stored.get("/queries/q/events?EQ_action=ADD")
    problem(answer, 400, "QUERY_PARAMETER", "QueryParameterException")
    answer = stored.post("/queries", b"<x/>", **{"Content-Type": "text/xml"})
    problem(answer, 415, "MEDIA_TYPE", "UnsupportedMediaTypeException")


def test_queries_are_listed_by_page(client):
    names = [f"q{number}" for number in range(5)]
    for name in reversed(names):
        client.post("/queries", {"name": name, "query": {}})
    found, path = [], "/queries?perPage=2"
    while path:
        answer = client.get(path)
        found += [one["name"] for one in answer.json()]
        path = answer.links["next"]["url"].partition("/epcis")[2] if answer.links else ""
    assert found == names
