import pytest

from gateway.exchange import whole
from gateway.vault import Vault
from indexer.core import canonical
from tests.gateway.making import event
from tests.gateway.web.serving import epc

ID = "urn:uuid:0199d1a0-0000-7000-8000-000000000001"


def test_a_time_is_spelt_in_milliseconds():
    assert whole.moment(1_795_580_931_152) == "2026-11-25T04:28:51.152Z"


@pytest.fixture
def asking(site):
    web = site.desk.engine("web")
    with web.connect() as connection:
        yield connection
    web.dispose()


def test_events_come_in_the_order_asked_for(site, client, asking):
    receipt = site.send(client.member, event("1"), event("2", eventID=ID))
    from uuid import UUID, uuid4

    records = [UUID(one["id"]) for one in receipt["records"]]
    vault = Vault(site.vault_key)
    found = whole.events(asking, vault, [records[1], uuid4(), records[0]])
    assert [one.record for one in found] == records[::-1]
    assert [one.event["eventID"] for one in found] == [ID, f"urn:uuid:{records[0]}"]
    assert whole.events(asking, vault, []) == []


def amended(site, client, kind, base, body):
    """Put a correction or withdrawal into the ledger as it stands there once it was agreed to."""
    reviewer = site.reviewer()
    site.open_log()
    item = {"event": body, "kind": kind, "amends": base["digest"]}
    answer = site.post(client.member, canonical.encode({"items": [item]}))
    [application] = answer.json()["applications"]
    given = canonical.encode(site.approval(application))
    path = f"/api/v1/applications/{application['id']}/review"
    json = {"Content-Type": "application/json"}
    assert site.post(reviewer, given, path, **json).json()["state"] == "recorded"


def test_a_correction_stands_in_the_place_of_what_it_corrects(site, client):
    [base, _] = site.send(client.member, event("1"), event("2"))["records"]
    amended(site, client, 3, base, event("1", action="ADD"))
    found = client.events()
    assert [(one["epcList"], one["action"]) for one in found] == [
        ([epc("2")], "OBSERVE"),
        ([epc("1")], "ADD"),
    ]
    assert client.get("/epcs").json() == [epc("1"), epc("2")]


def test_what_was_withdrawn_is_no_answer_any_more(site, client):
    [base, _] = site.send(client.member, event("1"), event("2"))["records"]
    amended(site, client, 4, base, {"reason": "did_not_occur"})
    assert [one["epcList"] for one in client.events()] == [[epc("2")]]
