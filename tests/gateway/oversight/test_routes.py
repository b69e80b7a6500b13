from uuid import uuid4

import pytest

from gateway.oversight.rules import SAYS, Rule
from indexer.core import canonical
from tests.gateway.oversight.things import CONTEXT, ended, heater, made, seen, state


def quality(site, member, path="", **asked):
    return site.http.get(f"/api/v1/quality{path}", params=asked, headers=member.headers)


@pytest.fixture
def told(site, examine):
    """Two participants, one of whom recorded what does not fit."""
    maker, shop = site.member(), site.member(1, "广州岭顺供应链管理有限公司")
    bad = (made(1, heater(1)), ended(2, heater(1)), seen(3, heater(1)), seen(100_000, heater(2)))
    said = site.send(maker, *bad)
    site.send(shop, made(1, heater(7)))
    examine()
    return maker, shop, said["submission"]


def test_a_participant_is_told_what_does_not_fit_in_its_own_records(site, told):
    maker, shop, submission = told
    answer = quality(site, maker)
    assert answer.headers["cache-control"] == "private, no-store"
    report = answer.json()
    assert report["counts"] == {"AFTER_END": 1, "TIME_AHEAD": 1}
    assert report["examined"] is None
    assert report["examinedUpTo"] == 7
    assert [one["rule"] for one in report["remarks"]] == ["TIME_AHEAD", "AFTER_END"]
    one = report["remarks"][1]
    assert one["says"] == SAYS[Rule.AFTER_END]
    assert (one["place"], one["submission"], len(one["others"])) == ("/epcList/0", submission, 1)
    nothing = quality(site, shop).json()
    assert (nothing["counts"], nothing["remarks"]) == ({}, [])


def test_the_list_is_paged_and_narrowed(site, told):
    maker, _, submission = told
    first = quality(site, maker, most=1).json()
    second = quality(site, maker, most=1, before=first["next"]).json()
    assert [one["rule"] for one in (*first["remarks"], *second["remarks"])] == [
        "TIME_AHEAD",
        "AFTER_END",
    ]
    assert second["next"] is None
    assert quality(site, maker, submission=submission).json()["examined"] is True
    other = quality(site, maker, submission=str(uuid4())).json()
    assert (other["examined"], other["counts"]) == (False, {})
    at = first["remarks"][0]["at"]
    assert quality(site, maker, until=at).json()["counts"] == {}
    assert quality(site, maker, since=at).json()["counts"] == first["counts"]


def test_a_capture_is_asked_for_by_its_id(site, examine):
    member = site.member()
    document = {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-11-01T00:00:00Z",
        "epcisBody": {"eventList": [seen(100_000, heater(1))]},
    }
    headers = {**member.headers, "Content-Type": "application/json"}
    said = site.http.post("/epcis/capture", content=canonical.encode(document), headers=headers)
    assert said.status_code == 202, said.text
    capture = said.headers["location"].rsplit("/", 1)[1]
    examine()
    report = quality(site, member, capture=capture).json()
    assert (report["examined"], report["counts"]) == (True, {"TIME_AHEAD": 1})
    stranger = site.member(1, "广州岭顺供应链管理有限公司")
    assert quality(site, stranger, capture=capture).status_code == 404


def test_totals_are_the_operators(site, told):
    maker, _, _ = told
    operator = site.reviewer()
    [total] = quality(site, operator, "/participants").json()
    assert total["participant"] == str(maker.id)
    assert total["rules"] == {"AFTER_END": 1, "TIME_AHEAD": 1}
    assert quality(site, maker, "/participants").json()["code"] == "NOT_OPERATOR"


def test_nobody_else_is_told(site):
    assert site.http.get("/api/v1/quality").status_code == 401
    member = site.member()
    assert quality(site, member, most=0).status_code == 422
    assert quality(site, member, since="2026-11-01T00:00:00").status_code == 422


def test_what_was_remarked_holds_nothing_concealed(site, examine):
    member = site.member()
    state(site.desk, member.id, seen(100_000, heater(1), **{"suyuan:customerName": "张三"}))
    examine()
    assert "张三" not in quality(site, member).text
