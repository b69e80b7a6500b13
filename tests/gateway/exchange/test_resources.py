import pytest

from tests.gateway.exchange.client import escaped, problem
from tests.gateway.making import event

PLACE = "https://id.gs1.org/414/6945000001012"
STORE = "urn:epc:id:sgln:0614141.07346.0"
EVENTS = (
    event("1", bizStep="urn:epcglobal:cbv:bizstep:shipping", readPoint={"id": PLACE}),
    event("2", bizStep="https://example.com/step/a", bizLocation={"id": STORE}),
    event("3", bizStep="https://ref.gs1.org/cbv/BizStep-shipping", disposition="active"),
)
LISTED = {
    "eventTypes": ["ObjectEvent"],
    "bizSteps": ["https://example.com/step/a", "shipping"],
    "dispositions": ["active"],
    "readPoints": [PLACE],
    "bizLocations": ["https://id.gs1.org/414/0614141073467"],
}
UNDER = [
    ("eventTypes", "ObjectEvent", 3),
    ("bizSteps", "shipping", 2),
    ("bizSteps", "urn:epcglobal:cbv:bizstep:shipping", 2),
    ("bizSteps", "https://example.com/step/a", 1),
    ("dispositions", "https://ref.gs1.org/cbv/Disp-active", 1),
    ("readPoints", PLACE, 1),
    ("bizLocations", STORE, 1),
    ("bizLocations", "(414)0614141073467", 1),
]


@pytest.fixture
def stored(client):
    assert client.capture(*EVENTS)["success"]
    return client


def test_values_are_listed_once_and_by_page(stored, other):
    for path, values in LISTED.items():
        said = stored.get(f"/{path}").json()
        member = path[:-1]
        assert said["type"] == member[0].upper() + member[1:] + "ItemList"
        assert said[member] == values
        answer = stored.get(f"/{path}?perPage=1")
        found = answer.json()[member]
        while answer.links:
            answer = stored.get(answer.links["next"]["url"].partition("/epcis")[2])
            found += answer.json()[member]
        assert found == values
        assert other.get(f"/{path}").json()[member] == []


@pytest.mark.parametrize(("path", "value", "count"), UNDER)
def test_under_a_value_lie_its_events(stored, path, value, count):
    assert stored.get(f"/{path}/{escaped(value)}").json() == ["events"]
    assert len(stored.events(f"/{path}/{escaped(value)}/events")) == count
    pages = stored.all(f"/{path}/{escaped(value)}/events?perPage=1")
    assert sum(map(len, pages)) == count
    narrowed = f"/{path}/{escaped(value)}/events?EQ_action=ADD"
    assert stored.events(narrowed) == []


def test_a_value_that_no_event_has_is_not_there(stored, other):
    for path in LISTED:
        for asked in (f"/{path}/nothing", f"/{path}/nothing/events", f"/{path}/a%00b"):
            answer = stored.get(asked)
            problem(answer, 404, "EPCIS_NO_SUCH_NAME", "NoSuchResourceException")
    assert other.events("/eventTypes/AggregationEvent/events") == []
    answer = other.get("/bizSteps/shipping/events")
    problem(answer, 404, "EPCIS_NO_SUCH_NAME", "NoSuchResourceException")


def test_a_list_takes_nothing_but_its_page(stored):
    answer = stored.get("/bizSteps?EQ_bizStep=shipping")
    problem(answer, 400, "QUERY_PARAMETER", "QueryParameterException")
    answer = stored.get("/bizSteps?nextPageToken=***")
    problem(answer, 400, "PAGE_TOKEN", "QueryParameterException")
