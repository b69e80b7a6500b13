from urllib.parse import quote

from gateway.exchange import answering
from tests.gateway.exchange.client import listed
from tests.gateway.making import event


def test_an_answer_is_a_query_document(client):
    client.post("/events", event("1"))
    answer = client.get("/events")
    said = answer.json()
    assert said["@context"] == [answering.CONTEXT]
    assert (said["type"], said["schemaVersion"]) == ("EPCISQueryDocument", "2.0")
    assert said["epcisBody"]["queryResults"]["queryName"] == "SimpleEventQuery"
    assert answer.headers["cache-control"] == "private, no-store"
    assert "link" not in answer.headers


def test_a_link_leads_on_with_the_whole_question(client):
    client.capture(*[event(str(number)) for number in range(3)])
    asked = "/events?perPage=1&EQ_action=OBSERVE%7CADD&EQ_action=DELETE"
    answer = client.get(asked)
    url = answer.links["next"]["url"]
    assert url.startswith(client.site.settings.public_url.rstrip("/") + "/epcis/events?perPage=1&")
    assert "EQ_action=OBSERVE%7CADD&EQ_action=DELETE&nextPageToken=" in url
    following = client.get(url.partition("/epcis")[2])
    assert listed(following) != listed(answer)
    assert following.links["next"]["url"].count("nextPageToken") == 1


def test_a_link_keeps_what_is_escaped_in_its_path(client):
    client.capture(*[event("1", bizStep="https://example.com/step"), event("2"), event("3")])
    client.capture(event("4", bizStep="https://example.com/step"))
    path = f"/bizSteps/{quote('https://example.com/step', safe='')}/events"
    assert path in client.get(f"{path}?perPage=1").links["next"]["url"]
    assert [len(page) for page in client.all(f"{path}?perPage=1")] == [1, 1]


def test_what_is_taken_of_a_document_can_be_captured_again(client, other):
    client.capture(event("1"), event("2"))
    answer = client.get("/events")
    taken = other.post("/capture", answer.content)
    assert other.job(taken.headers["location"])["success"]
    assert len(other.events()) == 2
