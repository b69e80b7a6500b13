"""A code's history for programs, in whatever form the code comes."""

from urllib.parse import quote

import pytest

from indexer.core import canonical
from indexer.core.verdict import State
from tests.gateway.making import GTIN, event, product
from tests.gateway.web.serving import epc
from tests.gateway.web.test_submissions import problem


def test_every_form_of_a_code_finds_the_same_history(site):
    member = site.member()
    site.send(member, product())
    site.send(member, event("1", action="ADD"), event("2"))
    site.place()
    site.anchor()
    forms = [f"(01){GTIN}(21)1", epc("1"), "urn:epc:id:sgtin:6945000.000001.1"]
    for form in (*forms, *(quote(one, safe="") for one in forms)):
        answer = site.http.get(f"/api/v1/trace/{form}")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.status_code == 200, form
        said = answer.json()
        assert said["code"] == epc("1")
        assert [one["kind"] for one in said["records"]] == [2, 1]
        assert {one["state"] for one in said["records"]} == {"final"}
        assert said["product"]["model"] == "JSQ30-16X"
        judged = site.check(canonical.encode(said["bundle"]), epc("1"))
        assert judged.state is State.VERIFIED


def test_a_slash_in_a_serial_number_is_no_slash_of_the_path(site):
    site.send(site.member(), event("A%2FB"))
    for path in (f"(01){GTIN}(21)A%2FB", epc("A/B"), quote(epc("A/B"), safe="")):
        assert len(site.http.get(f"/api/v1/trace/{path}").json()["records"]) == 1, path


def test_a_code_nobody_recorded_has_no_history(site):
    said = site.http.get(f"/api/v1/trace/{GTIN}").json()
    assert (said["records"], said["product"], said["more"]) == ([], None, False)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (GTIN[:-1] + "9", "CODE_CHECK_DIGIT"),
        ("hello", "CODE_UNKNOWN"),
        ("x" * 2001, "CODE_TOO_LONG"),
    ],
)
def test_what_is_no_code_is_named(site, text, code):
    problem(site.http.get(f"/api/v1/trace/{text}"), 422, code)


def test_owners_see_their_own_whole(site):
    member = site.member()
    site.send(member, event("1", **{"suyuan:price": 9}))
    url = f"/api/v1/trace/(01){GTIN}(21)1"
    own = site.http.get(url, headers=member.headers)
    assert own.json()["records"][0]["event"]["suyuan:price"] == 9
    assert "access-control-allow-origin" not in own.headers
    assert "suyuan:price" not in site.http.get(url).json()["records"][0]["event"]
