"""Answers hold what amends their records, and what these amend; gaps among them are named."""

import pytest

from gateway import amendments
from indexer.core import canonical, code
from indexer.core.verdict import State
from tests.gateway.making import GTIN, event, product
from tests.gateway.web.serving import Site, epc


@pytest.fixture
def site(database, tmp_path):
    with Site(database, tmp_path) as served:
        served.open_log()
        yield served


def amend(site, member, operator, base, kind, body):
    sent = canonical.encode({"items": [{"event": body, "kind": kind, "amends": base}]})
    (application,) = site.post(member, sent).json()["applications"]
    path = f"/api/v1/applications/{application['id']}/review"
    answer = site.http.post(path, json=site.approval(application), headers=operator.headers)
    assert answer.json()["state"] == "recorded", answer.text
    return application["digest"], answer.json()["record"]


def judged(site, serial="1"):
    site.place()
    site.anchor()
    return site.check(site.about(serial).bundle.to_json(), epc(serial))


def test_a_correction_of_the_code_is_found_under_both(site):
    member, operator = site.member(), site.reviewer()
    base = site.send(member, event("1"))["records"][0]["digest"]
    amend(site, member, operator, base, 3, event("2"))
    wrong, right = judged(site, "1"), site.check(site.about("2").bundle.to_json(), epc("2"))
    assert (wrong.state, [one.name for one in wrong.notices]) == (State.VERIFIED, ["AMENDED"])
    assert (right.state, len(right.records)) == (State.VERIFIED, 1)


def test_corrections_of_corrections_all_come_along(site):
    member, operator = site.member(), site.reviewer()
    base = site.send(member, event("1"))["records"][0]["digest"]
    last = ""
    for step in ("storing", "shipping", "receiving"):
        base, last = amend(site, member, operator, base, 3, event("1", bizStep=step))
    verdict = judged(site)
    assert (verdict.state, len(verdict.records), len(verdict.notices)) == (State.VERIFIED, 4, 3)
    proof = site.http.get(f"/api/v1/records/{last}/proof").content
    alone = site.check(proof, epc("1"))
    assert (alone.state, len(alone.records)) == (State.VERIFIED, 4)


def test_an_amendment_that_is_gone_is_missing(site):
    member, operator = site.member(), site.reviewer()
    base = site.send(member, event("1"))["records"][0]["digest"]
    _, gone = amend(site, member, operator, base, 4, {"reason": "did_not_occur"})
    assert judged(site).notices[0].name == "WITHDRAWN"
    site.tamper("delete from ledger.record where id = :one", one=gone)
    verdict = site.check(site.about().bundle.to_json(), epc("1"))
    assert verdict.state is State.MISSING
    assert [str(one.id) for one in verdict.missing] == [gone]


def test_what_is_said_of_a_product_is_what_was_not_taken_back(site):
    member, operator = site.member(), site.reviewer()
    said = site.send(member, product(), event("1", action="ADD", bizStep="commissioning"))
    corrected, _ = amend(
        site, member, operator, said["records"][0]["digest"], 3, product(model="NEW")
    )
    site.place()
    site.anchor()
    answer = site.about()
    assert answer.product["model"] == "NEW"
    verdict = site.check(answer.bundle.to_json(), epc("1"))
    assert (verdict.state, [one.name for one in verdict.notices]) == (State.VERIFIED, ["AMENDED"])
    amend(site, member, operator, corrected, 4, {"reason": "wrong"})
    site.place()
    site.anchor()
    assert site.about().product is None
    with site.asking() as (verifier, connection):
        whole = verifier.about(connection, code.parse(GTIN))
    assert site.check(whole.bundle.to_json(), GTIN).state in (State.VERIFIED, State.UNKNOWN)


def test_what_cannot_be_read_amends_nothing():
    class Row:
        kind, content = 3, b'{"amends":"zz"}'

    assert amendments.amended(Row()) is None  # type: ignore[arg-type]
    Row.content = b'{"amends":"' + b"ab" * 32 + b'"}'
    assert amendments.amended(Row()) == "ab" * 32  # type: ignore[arg-type]
    Row.kind = 9
    assert amendments.amended(Row()) is None  # type: ignore[arg-type]
