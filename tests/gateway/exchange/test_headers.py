import pytest

from gateway.exchange import headers
from tests.gateway.exchange.client import problem
from tests.gateway.making import event


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GS1-EPCIS-Version", "2.0"),
        ("GS1-EPCIS-Version", "2.0.0"),
        ("GS1-EPCIS-Version", "1.2"),
        ("GS1-EPCIS-Min", "1.0"),
        ("GS1-EPCIS-Max", "2.1"),
        ("GS1-CBV-Version", "2.0"),
        ("GS1-CBV-XML-Format", "Always_URN"),
        ("GS1-EPC-Format", "No_Preference"),
        ("Accept", "application/ld+json, text/html;q=0.5"),
        ("Accept", "application/*"),
        ("GS1-Extensions", "odd, x=, =y"),
    ],
)
def test_what_can_be_had_is_given(client, name, value):
    answer = client.get("/events", **{name: value})
    assert answer.status_code == 200, answer.text
    assert answer.headers["gs1-epcis-version"] == "2.0"
    wanted = "application/ld+json" if "ld+json" in value else "application/json"
    assert answer.headers["content-type"] == wanted


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GS1-EPCIS-Version", "3.0"),
        ("GS1-EPCIS-Version", "1.0"),
        ("GS1-EPCIS-Min", "2.1"),
        ("GS1-EPCIS-Max", "1.2"),
        ("GS1-CBV-Version", "1.0"),
        ("GS1-CBV-Max", "1.9"),
        ("Accept", "text/html"),
        ("Accept", "application/xml"),
    ],
)
def test_what_cannot_be_had_is_refused(client, name, value):
    answer = client.get("/events", **{name: value})
    said = problem(answer, 406, "NOT_ACCEPTABLE", "NotAcceptableException", f"/header/{name}")
    assert value in said["detail"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("GS1-EPCIS-Version", "new"), ("GS1-EPC-Format", "Whatever"), ("GS1-CBV-XML-Format", "x")],
)
def test_what_is_no_value_of_a_header_is_refused(client, name, value):
    answer = client.get("/events", **{name: value})
    problem(answer, 400, "HEADER_WRONG", "ValidationException")


def test_documents_may_come_without_a_word_on_their_type(client):
    sent = {**client.member.headers}
    from indexer.core import canonical

    answer = client.site.http.post(
        "/epcis/events", content=canonical.encode(event("1")), headers=sent
    )
    assert answer.status_code == 201


def test_what_is_offered_is_told():
    told = headers.offered("OPTIONS, GET", GS1_EPCIS_Capture_Limit="5")
    assert told["Allow"] == "OPTIONS, GET"
    assert told["GS1-EPCIS-Capture-Limit"] == "5"
    assert told["GS1-EPCIS-Min"] == "1.2"
