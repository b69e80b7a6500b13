"""Master data over HTTP, stated as bodies, as items and signed, and read by their owner and by everybody."""

from urllib.parse import quote

import pytest

from indexer.core import canonical
from indexer.core.verdict import State
from tests.gateway.catalogue.stating import GLN, PATH, correct, material, site_data, state
from tests.gateway.making import GTIN, event, product, signed
from tests.gateway.web.serving import Site
from tests.gateway.web.test_submissions import problem


@pytest.fixture
def site(database, tmp_path):
    with Site(database, tmp_path) as served:
        served.open_log()
        yield served


def own(site, member, **query):
    answer = site.http.get(PATH, params=query, headers=member.headers)
    assert answer.status_code == 200, answer.text
    assert "private" in answer.headers["cache-control"]
    return answer.json()


def about(site, text, member=None):
    headers = member.headers if member else {}
    return site.http.get(f"{PATH}/{quote(text, safe='')}", headers=headers)


def test_what_is_stated_is_listed_by_its_owner_and_shown_to_all(site):
    member = site.member()
    sent = [product(), site_data(address="示例路 8 号"), material(supplier="urn:x:supplier")]
    ids = state(site, member, *sent)
    site.place()
    site.anchor()
    said = own(site, member)
    assert [one["id"] for one in said["items"]] == ids[::-1]
    assert said["next"] is None
    assert {one["state"] for one in said["items"]} == {"final"}
    assert said["items"][1]["event"] == sent[1]
    assert said["items"][0]["event"]["supplier"] == "urn:x:supplier"
    assert said["items"][0]["versions"] is None
    shown = about(site, f"(414){GLN}")
    assert shown.headers["access-control-allow-origin"] == "*"
    assert "示例路" not in shown.text
    assert shown.json()["current"]["event"]["name"] == {"zh": "佛山工厂"}
    assert "示例路" in about(site, f"(414){GLN}", member).text


def test_the_proof_of_a_version_holds(site):
    member = site.member()
    state(site, member, product())
    state(site, member, product(model="B"))
    site.place()
    site.anchor()
    said = about(site, GTIN).json()
    assert said["current"]["event"]["model"] == "B"
    assert len(said["versions"]) == 2
    for one in said["versions"]:
        bundle = site.http.get(one["proof"]).content
        assert site.check(bundle, f"https://id.gs1.org/01/{GTIN}").state is State.VERIFIED


def test_a_piece_is_described_by_its_class(site):
    state(site, site.member(), product())
    said = about(site, f"(01){GTIN}(21)X1").json()
    assert said["code"] == f"https://id.gs1.org/01/{GTIN}"
    assert said["current"]["event"]["gtin"] == GTIN


def test_history_is_there_on_ask_and_filters_narrow(site):
    member = site.member()
    (first,) = state(site, member, product())
    (second,) = state(site, member, product(model="B"))
    (place,) = state(site, member, site_data())
    (only,) = own(site, member, type="Product", history=True)["items"]
    assert only["id"] == second
    assert [(one["id"], one["kind"]) for one in only["versions"]] == [(second, 2), (first, 2)]
    assert [one["id"] for one in own(site, member, code=f"(414){GLN}")["items"]] == [place]
    assert own(site, member, code=GTIN, type="Site")["items"] == []
    page = own(site, member, limit=1)
    assert [one["id"] for one in page["items"]] == [place]
    assert page["next"] == place
    assert [one["id"] for one in own(site, member, before=place)["items"]] == [second]


def test_a_correction_is_the_version_that_counts(site):
    member, reviewer = site.member(), site.reviewer()
    (first,) = state(site, member, product())
    corrected = correct(site, member, reviewer, first, product(model="A2"))
    said = about(site, GTIN).json()
    assert said["current"]["id"] == corrected
    assert [(one["id"], one["kind"]) for one in said["versions"]] == [(corrected, 3), (first, 2)]
    assert own(site, member)["items"][0]["event"]["model"] == "A2"


def test_nobody_sees_what_is_anothers(site):
    member, stranger = site.member(), site.member(1, "广州岭顺供应链管理有限公司")
    state(site, member, product())
    assert own(site, stranger)["items"] == []
    assert own(site, stranger, code=GTIN)["items"] == []
    problem(site.http.get(PATH), 401)


def test_an_item_may_conceal_more_and_a_signed_one_is_taken(site):
    member = site.member()
    item = {"event": product(), "conceal": ["/model"]}
    state(site, member, item)
    assert "model" not in about(site, GTIN).json()["current"]["event"]
    signer = site.desk.own()
    holder = site.holder(signer)
    answer = site.post(holder, signed(signer, 0, site_data()), PATH)
    assert answer.status_code == 201, answer.text
    again = site.post(holder, signed(signer, 1, product(model="own")), PATH)
    assert again.status_code == 201
    assert own(site, holder)["items"][0]["event"]["model"] == "own"
    problem(
        site.post(holder, canonical.encode({"items": [product()]}), PATH), 403, "SIGNATURE_REQUIRED"
    )


def test_asked_again_under_one_key_it_answers_as_before(site):
    member = site.member()
    (first,) = state(site, member, product(), **{"Idempotency-Key": "k"})
    assert state(site, member, product(), **{"Idempotency-Key": "k"}) == [first]


WRONG = {
    "a wrong check digit": ([product(gtin="06945000000016")], "CODE_CHECK_DIGIT", "/items/0/gtin"),
    "an event": ([event()], "KIND_DIFFERS", "/items/0/type"),
    "too short an age": (
        [product(gasClass="12T", safeUseYears=5)],
        "SAFE_USE_TOO_SHORT",
        "/items/0/safeUseYears",
    ),
    "in an item": ([{"event": product(model="")}], "MEMBER_WRONG", "/items/0/event/model"),
    "a correction": ([{"event": product(), "kind": 3}], "ITEM_SHAPE", "/items/0/kind"),
    "nothing": ([], "SUBMISSION_SHAPE", "/items"),
    "a number": ([5], "ITEM_SHAPE", "/items/0"),
}


def test_what_is_wrong_is_named_by_its_place_in_what_was_posted(site):
    member = site.member()
    for name, (items, code, place) in WRONG.items():
        said = problem(
            site.post(member, canonical.encode({"items": items}), PATH), 422, code, place
        )
        assert said["errors"], name
    both = [product(model=""), product(), site_data(gln="1")]
    said = problem(site.post(member, canonical.encode({"items": both}), PATH), 422)
    assert [one["place"] for one in said["errors"]] == ["/items/0/model", "/items/2/gln"]
    assert set(site.rows().values()) == {0}


def test_what_is_asked_wrongly_is_told(site):
    member = site.member()
    for query, place in (("type=Thing", "/query/type"), ("code=5", "/query/code")):
        said = site.http.get(f"{PATH}?{query}", headers=member.headers)
        problem(said, 422, place=place)
    problem(about(site, GTIN), 404, "MASTER_DATA_NONE")
    problem(about(site, "nonsense"), 422)
