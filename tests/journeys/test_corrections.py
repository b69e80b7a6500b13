"""What was recorded wrongly is corrected upon review, withdrawn, or loses its secrets, and everything still proves."""

import time
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest

from gateway import demo
from gateway.settings import read_key
from indexer.core.submission import Approval, log_id, sign
from indexer.core.verdict import State
from tests.journeys import stories
from tests.world import World, until

OPERATOR = demo.OPERATOR


@pytest.fixture(scope="module")
def world(shared: World) -> World:
    """One deployment for all of these, which the last spoils."""
    return shared


@pytest.fixture(scope="module")
def reviewing(world: World) -> dict[str, str]:
    """The operator itself, with a key of its desk."""
    world.admit(OPERATOR)
    done = world.desk(
        "issue-api-key", str(world.enterprises[-1].id), "--role", "operator", "--json"
    )
    assert done.returncode == 0, done.stderr
    return {"Authorization": f"Bearer {msgspec.json.decode(done.stdout)['apiKey']}"}


def answer(
    world: World, headers: dict[str, str], application: dict[str, Any], *, agree: bool
) -> dict[str, Any]:
    """Answer an application as the operator does, with the account that operates the log."""
    given: dict[str, object] = {"reason": "核对"}
    if agree:
        at = int(time.time())
        said = Approval(log_id(world.machine.origin), bytes.fromhex(application["digest"]), at)
        key = read_key(world.machine.keys / "operator.key")
        given |= {"at": at, "signature": sign(said.signing_hash(), key).hex()}
    url = f"{world.where.gateway}/api/v1/applications/{application['id']}/review"
    told: dict[str, Any] = httpx.post(url, json=given, headers=headers).raise_for_status().json()
    return told


def apply(world: World, item: dict[str, Any], who: int = 0) -> dict[str, Any]:
    """Apply for something that waits."""
    held = world.post([item], who=who)
    assert held.status_code == httpx.codes.ACCEPTED, held.text
    application: dict[str, Any] = held.json()["applications"][0]
    return application


def test_a_correction_a_withdrawal_and_an_erasure_all_leave_their_trace(
    world: World, reviewing: dict[str, str]
):
    serial = stories.serial()
    code = demo.epc(serial)
    event = demo.inspected(code, datetime.now(UTC), 1) | {"suyuan:customerName": "张三丰秘"}
    said = world.submit({"event": event}, stories.seen(serial), stories.seen(serial))
    first, second, _ = (one["digest"] for one in said["records"])
    world.settle()

    wrong = apply(world, {"event": event | {"bizStep": "storing"}, "kind": 3, "amends": first})
    assert answer(world, reviewing, wrong, agree=False)["state"] == "refused"
    correction = event | {"suyuan:conclusion": "复检合格"}
    right = apply(world, {"event": correction, "kind": 3, "amends": first})
    withdrawal = apply(world, {"event": {"reason": "did_not_occur"}, "kind": 4, "amends": second})
    assert world.scan(code).state is State.VERIFIED
    assert not world.scan(code).notices
    for application in (right, withdrawal):
        assert answer(world, reviewing, application, agree=True)["state"] == "recorded"
    world.settle()
    verdict = world.scan(code)
    assert verdict.state is State.VERIFIED
    assert sorted(one.name for one in verdict.notices) == ["AMENDED", "WITHDRAWN"]
    assert len(verdict.records) == 5

    # The corrected record still holds the name under a key of its own: both are erased.
    notice = {"scope": "concealed", "basis": "consent_withdrawn"}
    world.submit(*({"event": notice, "kind": 5, "amends": one} for one in (first, right["digest"])))
    world.settle()
    secrets = (
        "select count(*) from ledger.record_key k join ledger.record r on r.id = k.record"
        " where r.digest = any(%s)"
    )
    digests = [bytes.fromhex(first), bytes.fromhex(right["digest"])]
    until(lambda: world.ask(secrets, digests)[0][0] == 0, "the secrets are gone")
    verdict = world.scan(code)
    assert verdict.state is State.VERIFIED
    assert sorted(one.name for one in verdict.notices).count("ERASED") == 2
    owner = {"Authorization": f"Bearer {world.enterprises[0].api_key}"}
    seen = httpx.get(f"{world.where.gateway}/api/v1/trace/{code}", headers=owner).text
    assert "复检合格" in seen
    assert "张三丰秘" not in seen
    for file in (world.machine.folder / "log").rglob("*"):
        assert not file.is_file() or "张三丰秘".encode() not in file.read_bytes()
    world.check()


def test_nobody_corrects_what_another_stated(world: World, reviewing: dict[str, str]):
    serial = stories.serial()
    base = world.submit(stories.seen(serial))["records"][0]["digest"]
    foreign = world.post([{"event": {"reason": "x"}, "kind": 4, "amends": base}], who=1)
    assert (foreign.status_code, foreign.json()["code"]) == (403, "AMEND_FOREIGN")
    own = apply(world, {"event": {"reason": "x"}, "kind": 4, "amends": base})
    me = {"Authorization": f"Bearer {world.enterprises[0].api_key}"}
    url = f"{world.where.gateway}/api/v1/applications/{own['id']}/review"
    assert httpx.post(url, json={"reason": "x"}, headers=me).json()["code"] == "NOT_OPERATOR"
    assert answer(world, reviewing, own, agree=False)["state"] == "refused"
    world.check()


def test_an_approval_slipped_into_the_store_convinces_nobody(
    world: World, reviewing: dict[str, str]
):
    """Whoever has the database may let a correction in; readers and reconciler know the account that did not sign."""
    serial = stories.serial()
    code = demo.epc(serial)
    base = world.submit(stories.seen(serial))["records"][0]["digest"]
    application = apply(world, stories.seen(serial) | {"kind": 3, "amends": base})
    digest = bytes.fromhex(application["digest"])
    at, key = int(time.time()), b"\7" * 32
    signature = sign(Approval(log_id(world.machine.origin), digest, at).signing_hash(), key)
    world.tamper(
        "insert into ledger.approval values (%s, %s, %s, %s)", digest, at, bytes(20), signature
    )
    # The platform signs what it takes for approved.
    assert answer(world, reviewing, apply(world, _again(serial, base)), agree=True)
    world.tamper("update ledger.approval set signature = %s, approver = %s", signature, bytes(20))
    world.settle()
    assert world.scan(code).state is State.ALTERED
    assert "AMEND_FOREIGN" in {kind for kind, _ in world.findings()}


def _again(serial: str, base: str) -> dict[str, Any]:
    return stories.seen(serial) | {"kind": 3, "amends": base}
