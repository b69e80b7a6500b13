"""Records over HTTP: whole for their owner, closed for strangers, provable for all."""

from uuid import UUID

from indexer.core.verdict import State
from tests.gateway.making import event
from tests.gateway.web.serving import epc
from tests.gateway.web.test_submissions import problem


def test_strangers_see_what_is_open_and_owners_everything(site):
    member, other = site.member(0), site.member(1, "广州岭顺供应链管理有限公司")
    (one,) = site.send(member, event("1", **{"suyuan:price": 3299}))["records"]
    url = f"/api/v1/records/{one['id']}"
    seen = site.http.get(url)
    assert seen.headers["access-control-allow-origin"] == "*"
    assert "suyuan:price" not in seen.json()["event"]
    assert seen.json()["disclosures"] == []
    assert seen.json()["participant"] == {"id": str(member.id), "name": member.name}
    assert seen.json()["state"] == "stored"
    assert site.http.get(url, headers=other.headers).json()["event"] == seen.json()["event"]
    own = site.http.get(url, headers=member.headers)
    assert own.json()["event"]["suyuan:price"] == 3299
    assert own.json()["content"] == seen.json()["content"]
    assert "access-control-allow-origin" not in own.headers
    assert "no-store" in own.headers["cache-control"]


def test_a_proof_is_a_bundle_that_verifies_elsewhere(site):
    member = site.member()
    (one,) = site.send(member, event("1", **{"suyuan:price": 3299}))["records"]
    site.place()
    site.anchor()
    url = f"/api/v1/records/{one['id']}/proof"
    for headers, opened in (({}, 0), (member.headers, 1)):
        answer = site.http.get(url, headers=headers)
        assert len(answer.json()["records"][0]["disclosures"]) == opened
        assert site.check(answer.content, epc("1")).state is State.VERIFIED
        assert site.check(answer.content, epc("2")).state is State.UNKNOWN


def test_a_record_that_is_gone_is_said_to_be_gone(site):
    member = site.member()
    (one,) = site.send(member, event("1"))["records"]
    site.tamper("delete from ledger.record")
    url = f"/api/v1/records/{one['id']}"
    problem(site.http.get(url), 404, "RECORD_GONE")
    assert site.http.get(f"{url}/proof").json()["missing"] == [{"id": one["id"], "index": None}]


def test_an_unknown_record_and_a_bad_key_are_problems(site):
    url = f"/api/v1/records/{UUID(int=7)}"
    problem(site.http.get(url), 404, "RECORD_UNKNOWN")
    problem(site.http.get(f"{url}/proof"), 404, "RECORD_UNKNOWN")
    problem(site.http.get(url, headers={"X-API-Key": "no"}), 401, "API_KEY_UNKNOWN")
    problem(site.http.get("/api/v1/records/7"), 422, "PARAMETER", "/path/record")
