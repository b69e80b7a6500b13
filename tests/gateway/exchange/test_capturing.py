from typing import Any

import pytest

from indexer.core import canonical
from tests.gateway.exchange.client import PROCEED, document, problem
from tests.gateway.making import GTIN, event, signed
from tests.gateway.web.serving import epc

WRONG = event("7", epcList=[f"https://id.gs1.org/01/{GTIN[:-1]}9/21/7"])


def test_a_document_is_stored_and_its_job_says_so(client, site):
    answer = client.post("/capture", document(event("1"), event("2")))
    assert answer.status_code == 202
    assert answer.headers["gs1-capture-error-behaviour"] == "rollback"
    assert answer.headers["gs1-epcis-version"] == "2.0"
    assert site.rows()["record"] == 2
    job = client.job(answer.headers["location"])
    assert answer.headers["location"] == f"/epcis/capture/{job['captureID']}"
    assert (job["running"], job["success"], job["errors"]) == (False, True, [])
    assert (job["suyuan:events"], job["captureErrorBehaviour"]) == (2, "rollback")
    quality = site.http.get(job["suyuan:quality"], headers=client.member.headers)
    assert (quality.status_code, quality.json()["remarks"]) == (200, [])
    assert job["createdAt"] == job["finishedAt"]
    stored = site.http.get(
        f"/api/v1/submissions/{job['suyuan:submission']}", headers=client.member.headers
    ).json()
    assert len(stored["records"]) == 2
    site.place()
    site.anchor()
    bundle = site.about("1").bundle
    assert site.check(bundle.to_json(), epc("1")).state.name == "VERIFIED"


def test_one_wrong_event_rolls_all_back_or_is_left_out(client, site):
    job = client.capture(event("1"), WRONG)
    assert (job["success"], job["running"], job["suyuan:submission"]) == (False, False, None)
    [error] = job["errors"]
    assert error["type"] == "epcisException:ValidationException"
    assert (error["status"], error["code"]) == (400, "CODE_CHECK_DIGIT")
    assert error["place"] == "/epcisBody/eventList/1/epcList/0"
    assert site.rows()["record"] == 0
    job = client.capture(event("1"), WRONG, {**event("3"), "eventTime": "then"}, **PROCEED)
    assert (job["success"], job["captureErrorBehaviour"]) == (False, "proceed")
    assert [one["place"] for one in job["errors"]] == [
        "/epcisBody/eventList/1/epcList/0",
        "/epcisBody/eventList/2/eventTime",
    ]
    assert site.rows()["record"] == 1
    assert [one["epcList"] for one in client.events()] == [event("1")["epcList"]]


def test_what_answers_a_query_can_be_captured(client):
    plain = document(event("1"))
    results = {"queryName": "x", "resultsBody": plain["epcisBody"]}
    query = {
        "@context": plain["@context"],
        "type": "EPCISQueryDocument",
        "epcisBody": {"queryResults": results},
    }
    job = client.job(client.post("/capture", query).headers["location"])
    assert job["success"]
    broken = {**query, "epcisBody": {"queryResults": {"resultsBody": {"eventList": [WRONG]}}}}
    [error] = client.job(client.post("/capture", broken).headers["location"])["errors"]
    assert error["place"] == "/epcisBody/queryResults/resultsBody/eventList/0/epcList/0"


def test_an_empty_document_is_a_capture_of_nothing(client, site):
    job = client.capture()
    assert (job["success"], job["suyuan:events"], job["suyuan:submission"]) == (True, 0, None)
    assert site.rows()["submission"] == 0


BAD = {
    "no json": (b"{", "application/json", 400, "JSON_SYNTAX"),
    "a list": (b"[]", "application/json", 400, "MEMBER_WRONG"),
    "no document": (b'{"type": "Thing"}', "application/json", 400, "MEMBER_WRONG"),
    "an event that is none": (
        canonical.encode(document() | {"epcisBody": {"eventList": [5]}}),
        "application/ld+json",
        400,
        "MEMBER_WRONG",
    ),
    "no xml": (b"<x", "application/xml", 400, "XML_SYNTAX"),
    "text": (b"hello", "text/plain", 415, "MEDIA_TYPE"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_document_is_refused_at_once(client, site, name):
    body, media, status, code = BAD[name]
    answer = client.post("/capture", body, **{"Content-Type": media})
    kind = "UnsupportedMediaTypeException" if status == 415 else "ValidationException"
    problem(answer, status, code, kind)
    assert site.count("select count(*) from gateway.capture_job") == 0


def test_too_much_at_once_is_refused_with_the_limits_told(client, site):
    too_many = document(*[event(str(number)) for number in range(site.settings.max_items + 1)])
    answer = client.post("/capture", too_many)
    problem(answer, 413, "CAPTURE_LIMIT", "CaptureLimitExceededException")
    large = b" " * (site.settings.max_body_bytes + 1)
    answer = client.post("/capture", large)
    problem(answer, 413, "BODY_TOO_LARGE", "CaptureLimitExceededException")
    told = site.http.options("/epcis/capture")
    assert told.status_code == 204
    assert told.headers["gs1-epcis-capture-limit"] == str(site.settings.max_items)
    assert told.headers["gs1-epcis-capture-file-size-limit"] == str(site.settings.max_body_bytes)


def test_a_behaviour_that_is_none_is_refused(client):
    answer = client.post("/capture", document(), **{"GS1-Capture-Error-Behaviour": "hope"})
    problem(answer, 400, "HEADER_WRONG", "ValidationException")


def test_who_signs_itself_is_told_how(site):
    from tests.gateway.exchange.client import Client

    signer = site.desk.own()
    client = Client(site, site.holder(signer))
    for path, body in (("/capture", document(event())), ("/events", event())):
        problem(client.post(path, body), 403, "SIGNATURE_REQUIRED", "SecurityException")
    assert site.rows()["record"] == 0
    site.post(client.member, signed(signer, 0, event("1"))).raise_for_status()
    [found] = client.events()
    assert found["epcList"] == event("1")["epcList"]
    assert found["eventID"].startswith("urn:uuid:")


def test_jobs_are_listed_newest_first_and_only_to_their_own(client, other):
    jobs = [client.capture(event(str(number)))["captureID"] for number in range(5)]
    other.capture(event("9"))
    found, path = [], "/capture?perPage=2"
    while path:
        answer = client.get(path)
        found += [one["captureID"] for one in answer.json()]
        path = answer.links["next"]["url"].partition("/epcis")[2] if answer.links else ""
    assert found == jobs[::-1]
    answer = other.get(f"/capture/{jobs[0]}")
    problem(answer, 404, "EPCIS_NO_SUCH_NAME", "NoSuchResourceException")
    problem(client.get("/capture/x"), 404, "EPCIS_NO_SUCH_NAME", "NoSuchResourceException")
    problem(client.get("/capture?nextPageToken=x"), 400, "PAGE_TOKEN", "QueryParameterException")
    problem(client.get("/capture?x=1"), 400, "QUERY_PARAMETER", "QueryParameterException")
    answer = client.site.http.get("/epcis/capture")
    problem(answer, 401, "API_KEY_ABSENT", "SecurityException")


def test_xml_goes_in_like_json(client):
    xml = b"""<?xml version="1.0"?>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0" creationDate="2026-11-21T11:00:00Z">
<EPCISBody><EventList><ObjectEvent><eventTime>2026-11-21T10:00:00Z</eventTime>
<eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
<epcList><epc>https://id.gs1.org/01/06945000000015/21/1</epc></epcList><action>OBSERVE</action>
<bizStep>urn:epcglobal:cbv:bizstep:inspecting</bizStep></ObjectEvent></EventList></EPCISBody>
</epcis:EPCISDocument>"""
    answer = client.post("/capture", xml, **{"Content-Type": "text/xml"})
    assert client.job(answer.headers["location"])["success"], answer.text
    [found] = client.events("/events?EQ_bizStep=inspecting")
    assert found["epcList"] == event("1")["epcList"]


def test_a_headers_master_data_are_recorded_once(client, site):
    element: dict[str, Any] = {
        "id": "https://id.gs1.org/414/6945000001012",
        "attributes": [{"id": "urn:epcglobal:cbv:mda#name", "attribute": "总装厂"}],
    }
    listed = [{"type": "urn:epcglobal:epcis:vtype:Location", "vocabularyElementList": [element]}]
    header = {"epcisMasterData": {"vocabularyList": listed}}
    for serial in ("1", "2"):
        sent = {**document(event(serial)), "epcisHeader": header}
        answer = client.post("/capture", sent)
        assert answer.status_code == 202, answer.text
        assert client.get(answer.headers["Location"].removeprefix("/epcis")).json()["success"]
    assert site.count("select count(*) from ledger.record where kind = 2") == 1
    assert site.count("select count(*) from ledger.record where kind = 1") == 2
    element["attributes"][0]["attribute"] = "新总装厂"
    assert (
        client.post("/capture", {**document(event("3")), "epcisHeader": header}).status_code == 202
    )
    assert site.count("select count(*) from ledger.record where kind = 2") == 2
