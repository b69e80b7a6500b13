from urllib.parse import unquote

from tests.gateway.exchange.client import escaped, listed, problem
from tests.gateway.making import GTIN, event
from tests.gateway.web.serving import epc

ID = "urn:uuid:0199d1a0-0000-7000-8000-000000000001"


def test_an_event_is_stored_under_its_id_and_given_back_as_it_was_sent(client):
    sent = event("1", eventID=ID, **{"suyuan:price": 5, "bizStep": "cbv:BizStep-shipping"})
    answer = client.post("/events", sent)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/epcis/events/{escaped(ID)}"
    assert answer.json() == {**sent, "recordTime": answer.json()["recordTime"]}
    [found] = client.events(f"/events/{escaped(ID)}")
    assert found == answer.json()
    assert found == client.events()[0]


def test_an_event_without_an_id_has_its_hash_for_one(client, site):
    sent = event("1", **{"suyuan:price": 5})
    answer = client.post("/events", sent)
    named = unquote(answer.headers["location"].removeprefix("/epcis/events/"))
    assert named.startswith("ni:///sha-256;")
    assert named.endswith("?ver=CBV2.0")
    [found] = client.events(f"/events/{escaped(named)}")
    assert found == answer.json()
    assert {**found, **sent} == found
    assert client.events(f"/events/{named}") == [found]  # its question mark left as it is
    assert client.events(f"/events?EQ_eventID={escaped(named)}") == [found]
    stored = site.count("select count(*) from ledger.record where content::text like '%eventID%'")
    assert stored == 0


def test_an_event_of_a_submission_without_an_id_has_its_records(client, site):
    receipt = site.send(client.member, event("1"))
    [record] = receipt["records"]
    [found] = client.events()
    assert found["eventID"] == f"urn:uuid:{record['id']}"
    assert client.events(f"/events/{found['eventID']}") == [found]


def test_the_same_event_again_is_there_already(client, site):
    for sent in (event("1"), event("2", eventID=ID)):
        assert client.post("/events", sent).status_code == 201
        answer = client.post("/events", sent)
        problem(answer, 409, "EVENT_KNOWN", "ResourceAlreadyExistsException", "")
        spelt = {**sent, "bizStep": "https://ref.gs1.org/cbv/BizStep-inspecting"}
        problem(client.post("/events", spelt), 409, "EVENT_KNOWN", "ResourceAlreadyExistsException")
    assert client.post("/events", event("3", eventID=ID)).status_code == 201
    assert len(client.events(f"/events/{ID}")) == 2
    assert site.rows()["record"] == 3


def test_another_participants_event_is_no_duplicate_and_nobody_elses_to_see(client, other):
    sent = event("1", eventID=ID)
    assert client.post("/events", sent).status_code == 201
    answer = other.get(f"/events/{ID}")
    problem(answer, 404, "EPCIS_NO_SUCH_NAME", "NoSuchResourceException")
    assert other.events() == []
    assert other.post("/events", sent).status_code == 201
    assert len(client.events()) == len(other.events()) == 1


def test_what_is_wrong_with_an_event_is_told_at_once(client, site):
    wrong = event("1", epcList=[f"https://id.gs1.org/01/{GTIN[:-1]}9/21/7"])
    answer = client.post("/events", wrong)
    problem(answer, 400, "CODE_CHECK_DIGIT", "ValidationException", "/epcList/0")
    problem(client.post("/events", b"[1]"), 400, "ITEM_SHAPE", "ValidationException", "")
    answer = client.post("/events", b"<x/>", **{"Content-Type": "application/xml"})
    problem(answer, 415, "MEDIA_TYPE", "UnsupportedMediaTypeException")
    assert site.count("select count(*) from gateway.capture_job") == 0


def test_digital_links_are_given_to_who_asks_for_them(client):
    sent = event("1", epcList=["urn:epc:id:sgtin:0614141.107346.2017"])
    client.post("/events", sent)
    links = client.get("/events", **{"GS1-EPC-Format": "Always_GS1_Digital_Link"})
    assert links.headers["gs1-epc-format"] == "Always_GS1_Digital_Link"
    [found] = listed(links)
    assert found["epcList"] == ["https://id.gs1.org/01/10614141073464/21/2017"]
    urns = client.get("/events", **{"GS1-EPC-Format": "Always_EPC_URN"})
    assert listed(urns)[0]["epcList"] == sent["epcList"]
    client.post("/events", event("2"))
    refused = client.get("/events", **{"GS1-EPC-Format": "Always_EPC_URN"})
    said = problem(refused, 406, "NOT_ACCEPTABLE", "NotAcceptableException")
    assert epc("2") in said["detail"]


def test_a_query_that_is_too_long_or_unknown_is_refused(client):
    answer = client.get("/events?EQ_eventID=" + "x" * 9000)
    problem(answer, 414, "URI_TOO_LONG", "URITooLongException")
    answer = client.get("/events?EQ_bizStp=shipping")
    said = problem(answer, 400, "QUERY_PARAMETER", "QueryParameterException", "/query/EQ_bizStp")
    assert "EQ_bizStp" in said["detail"]
    assert client.events("/events?EQ_bizStep=a%00b".replace("%00", "")) == []
    problem(
        client.get("/events?EQ_bizStep=a%00b"), 400, "QUERY_PARAMETER", "QueryParameterException"
    )


def test_what_was_erased_stays_away(client, site):
    sent = event("1", eventID=ID, **{"suyuan:price": 5})
    client.post("/events", sent)
    for table in ("sealed", "record_key"):
        site.tamper(f"delete from ledger.{table}")
    [found] = client.events()
    assert "suyuan:price" not in found
    assert found["epcList"] == sent["epcList"]
    assert "_sd" not in found


def test_a_prefix_that_the_client_explains_reaches_the_event(client):
    sent = event("1", **{"suyuan:note": "n"})
    client.post("/events", sent)
    headers = {"GS1-Extensions": "mine=https://suyuan.example/voc/"}
    answer = client.get("/events?EQ_mine:note=n", **headers)
    assert len(listed(answer)) == 1
    assert answer.headers["gs1-extensions"] == "mine=https://suyuan.example/voc/"
    assert client.events("/events?EQ_mine:note=n") == []
