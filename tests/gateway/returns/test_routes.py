"""A correction's way over HTTP: applied for, held, answered by the operator, recorded, and judged by a reader."""

import time

import msgspec
import pytest

from indexer.core import canonical
from indexer.core.verdict import State
from tests.gateway.making import event
from tests.gateway.web.serving import Site, epc


@pytest.fixture
def site(database, tmp_path):
    with Site(database, tmp_path) as served:
        served.open_log()
        yield served


def sent(site, member, *items):
    return site.post(member, canonical.encode({"items": list(items)}))


def told(site):
    """A member states two events of a piece; the digests of what it stated come back."""
    member = site.member()
    said = site.send(
        member,
        event("1", **{"suyuan:price": 3299}),
        event("1", bizStep="shipping", eventID="urn:uuid:2"),
    )
    return member, [one["digest"] for one in said["records"]]


def applied(site, member, item):
    answer = sent(site, member, item)
    assert answer.status_code == 202, answer.text
    (application,) = answer.json()["applications"]
    return application


def correction(base, **changes):
    return {"event": event("1", bizStep="storing", **changes), "kind": 3, "amends": base}


def answered(site, who, application, given):
    return site.http.post(
        f"/api/v1/applications/{application['id']}/review", json=given, headers=who.headers
    )


def judged(site):
    site.place()
    site.anchor()
    return site.check(site.about().bundle.to_json(), epc("1"))


def test_a_correction_waits_and_is_recorded_once_the_operator_agrees(site):
    member, (base, _) = told(site)
    before = site.rows()
    application = applied(site, member, correction(base, **{"suyuan:price": 2999}))
    assert (application["state"], application["amends"]) == ("held", base)
    assert site.rows() == before
    operator = site.reviewer()
    answer = answered(site, operator, application, site.approval(application))
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "recorded"
    verdict = judged(site)
    assert verdict.state is State.VERIFIED
    assert [one.name for one in verdict.notices] == ["AMENDED"]
    assert len(verdict.records) == 3
    mine = site.http.get(f"/api/v1/records/{answer.json()['record']}", headers=member.headers)
    assert mine.json()["event"]["suyuan:price"] == 2999
    assert "suyuan:price" not in site.about().bundle.to_json().decode()


def test_a_withdrawal_by_error_declaration_is_the_same(site):
    member, (_, base) = told(site)
    declared = {"declarationTime": "2026-11-21T12:00:00Z", "reason": "did_not_occur"}
    item = {
        "event": event("1", bizStep="shipping", eventID="urn:uuid:2", errorDeclaration=declared)
    }
    application = applied(site, member, item)
    assert (application["kind"], application["amends"]) == (4, base)
    answered(site, site.reviewer(), application, site.approval(application))
    (notice,) = judged(site).notices
    assert (notice.name, notice.reason) == ("WITHDRAWN", "did_not_occur")


def test_what_is_refused_has_no_effect(site):
    member, (base, _) = told(site)
    application = applied(site, member, correction(base))
    operator = site.reviewer()
    answer = answered(site, operator, application, {"reason": "证据不足"})
    assert (answer.json()["state"], answer.json()["reason"]) == ("refused", "证据不足")
    again = answered(site, operator, application, site.approval(application))
    assert (again.status_code, again.json()["code"]) == (409, "REVIEWED_ALREADY")
    verdict = judged(site)
    assert (verdict.state, len(verdict.records), verdict.notices) == (State.VERIFIED, 2, [])


def test_nobody_answers_his_own_application_and_only_the_operator_answers(site):
    member, (base, _) = told(site)
    application = applied(site, member, correction(base))
    stranger = site.member(1, "广州岭顺供应链管理有限公司")
    for who, code in ((member, "NOT_OPERATOR"), (stranger, "NOT_OPERATOR")):
        answer = answered(site, who, application, site.approval(application))
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    operator = site.reviewer()
    own = site.send(operator, event("9"))["records"][0]["digest"]
    mine = applied(site, operator, correction(own))
    answer = answered(site, operator, mine, site.approval(mine))
    assert (answer.status_code, answer.json()["code"]) == (403, "APPLICANT_REVIEWS")


@pytest.mark.parametrize(
    ("spoil", "code", "place"),
    [
        ({"key": b"\7" * 32}, "APPROVER", "/signature"),
        ({"at": 1}, "REVIEW_TIME", "/at"),
    ],
)
def test_an_approval_that_is_not_the_accounts_is_refused(site, spoil, code, place):
    member, (base, _) = told(site)
    application = applied(site, member, correction(base))
    operator = site.reviewer()
    answer = answered(site, operator, application, site.approval(application, **spoil))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["place"] == place
    for given in ({"signature": "zz"}, {"signature": "00" * 65}, {"signature": "ab"}):
        wrong = {"reason": "x", "at": int(time.time()), **given}
        assert answered(site, operator, application, wrong).status_code == 422
    assert answered(site, operator, application, {"reason": " "}).json()["code"] == "REVIEW_REASON"
    whole = site.approval(application)
    for lacking in ("at", "signature"):
        half = {name: value for name, value in whole.items() if name != lacking}
        refused = answered(site, operator, application, half).json()
        assert (refused["code"], refused["place"]) == ("APPROVAL_INCOMPLETE", f"/{lacking}")
    assert site.count("select count(*) from gateway.review") == 0
    assert answered(site, operator, application, {}).status_code == 422


def test_who_may_apply(site):
    member, (base, other) = told(site)
    stranger = site.member(1, "广州岭顺供应链管理有限公司")
    for who, items, code in (
        (stranger, [correction(base)], "AMEND_FOREIGN"),
        (stranger, [{"event": {"reason": "x"}, "kind": 4, "amends": base}], "AMEND_FOREIGN"),
        (member, [correction("ab" * 32)], "AMENDS_UNKNOWN"),
        (member, [correction(base), {"event": event("2")}], "AMENDMENTS_APART"),
        (
            stranger,
            [
                {
                    "event": {"scope": "concealed", "basis": "ordered"},
                    "kind": 5,
                    "amends": base,
                }
            ],
            "AMEND_FOREIGN",
        ),
    ):
        answer = sent(site, who, *items)
        assert answer.json()["code"] == code, answer.text
    application = applied(site, member, {"event": {"reason": "x"}, "kind": 4, "amends": other})
    operator = site.reviewer()
    withdrawal = answered(site, operator, application, site.approval(application)).json()["digest"]
    again = sent(site, member, {"event": {"reason": "y"}, "kind": 4, "amends": withdrawal})
    assert (again.status_code, again.json()["code"]) == (422, "AMEND_KIND")


def test_each_sees_its_own_applications_and_the_operator_all(site):
    member, (base, _) = told(site)
    application = applied(site, member, correction(base))
    stranger, operator = site.member(1, "广州岭顺供应链管理有限公司"), site.reviewer()

    def seen(who, **query):
        answer = site.http.get("/api/v1/applications", headers=who.headers, params=query)
        return [one["id"] for one in answer.json()]

    assert seen(member) == seen(operator) == seen(operator, waiting=True) == [application["id"]]
    assert seen(stranger) == []
    at = f"/api/v1/applications/{application['id']}"
    assert site.http.get(at, headers=stranger.headers).status_code == 404
    shown = site.http.get(at, headers=operator.headers).json()
    assert shown["before"]["body"]["bizStep"] == "inspecting"
    assert shown["content"]["body"]["bizStep"] == "storing"
    assert shown["approval"]["primaryType"] == "Approval"
    assert shown["approval"]["message"]["digest"] == "0x" + application["digest"]
    assert site.http.get("/api/v1/applications").status_code == 401


def test_the_same_request_is_held_once(site):
    member, (base, _) = told(site)
    body = canonical.encode({"items": [correction(base)]})
    first = site.post(member, body, **{"Idempotency-Key": "a"})
    second = site.post(member, body, **{"Idempotency-Key": "a"})
    assert (first.status_code, second.content) == (202, first.content)
    listed = site.http.get("/api/v1/applications", headers=member.headers).content
    assert len(msgspec.json.decode(listed)) == 1


def test_secrets_of_an_application_are_let_go_with_the_answer(site):
    member, (base, _) = told(site)
    kept = applied(site, member, correction(base, **{"suyuan:price": 1}))
    refused = applied(site, member, correction(base, **{"suyuan:price": 2}))
    operator = site.reviewer()
    sealed = "select count(*) from gateway.application where length(sealed) > 0"
    assert site.count(sealed) == 2
    answered(site, operator, kept, site.approval(kept))
    answered(site, operator, refused, {"reason": "x"})
    assert site.count(sealed) == 0
