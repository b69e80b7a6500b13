import time

from indexer.core import canonical
from tests.gateway.exchange.client import PROCEED
from tests.gateway.making import event

ID = "urn:uuid:0199d1a0-0000-7000-8000-000000000001"
DECLARED = event("1", eventID=ID, errorDeclaration={"declarationTime": "2026-11-22T00:00:00Z"})


def review(site, reviewer, application, **answer):
    path = f"/api/v1/applications/{application}"
    shown = site.http.get(path, headers=reviewer.headers).json()
    given = answer or site.approval(shown)
    sent = site.post(reviewer, canonical.encode(given), f"{path}/review", **JSON)
    sent.raise_for_status()


JSON = {"Content-Type": "application/json"}


def test_a_job_runs_until_its_declaration_was_agreed_to(client, site):
    reviewer = site.reviewer()
    site.open_log()
    client.capture(event("1", eventID=ID))
    job = client.capture(DECLARED, event("2"))
    assert (job["running"], job["success"], job["errors"]) == (True, True, [])
    assert "finishedAt" not in job
    [application] = job["suyuan:applications"]
    assert len(client.events()) == 2
    review(site, reviewer, application)
    job = client.job(f"/epcis/capture/{job['captureID']}")
    assert (job["running"], job["success"]) == (False, True)
    assert job["finishedAt"] >= job["createdAt"]
    found = client.events(f"/events/{ID}")
    assert ["errorDeclaration" in one for one in found] == [False, True]
    [declared] = client.events("/events?EXISTS_errorDeclaration")
    assert declared["errorDeclaration"] == DECLARED["errorDeclaration"]
    assert client.events(f"/events?MATCH_epc={event('1')['epcList'][0]}") == found


def test_a_declaration_that_was_refused_is_an_error_of_its_job(client, site):
    reviewer = site.reviewer()
    client.capture(event("1", eventID=ID))
    answer = client.post("/events", DECLARED)
    assert answer.status_code == 202
    job = client.job(answer.headers["location"])
    assert job["running"]
    review(site, reviewer, job["suyuan:applications"][0], reason="证据不足")
    job = client.job(answer.headers["location"])
    assert (job["running"], job["success"]) == (False, False)
    [error] = job["errors"]
    assert (error["status"], error["code"]) == (403, "DECLARATION_REFUSED")
    assert "证据不足" in error["detail"]


def test_a_job_keeps_its_errors_as_they_were_told(client):
    wrong = {**event("7"), "action": "MAYBE"}
    job = client.capture(event("1"), wrong, **PROCEED)
    time.sleep(0.01)
    assert client.job(f"/epcis/capture/{job['captureID']}") == job
    assert client.get("/capture").json() == [job]
    assert [one["place"] for one in job["errors"]] == ["/epcisBody/eventList/1/action"]
