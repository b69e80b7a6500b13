"""A code's history for programs, in whatever form the code comes."""

import csv
from dataclasses import replace
from io import StringIO
from urllib.parse import quote

import pytest

from gateway.web import trace
from gateway.web.graph import Affected, Recall
from indexer.core import canonical as json
from indexer.core.verdict import State
from tests.gateway import tales
from tests.gateway.making import GTIN, event, product
from tests.gateway.tales import canonical
from tests.gateway.test_tracer import told
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
        judged = site.check(json.encode(said["bundle"]), epc("1"))
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


def ask(site, asked, **query):
    return site.http.get(f"/api/v1/trace/{quote(asked, safe='')}", params=query)


def test_a_story_comes_as_nodes_and_edges_with_the_records_that_prove_them(site):
    told(site)
    said = ask(site, tales.HEATERS[0], direction="back").json()
    assert (said["direction"], said["more"], said["leftOut"], said["next"]) == (
        "back",
        False,
        [],
        None,
    )
    nodes = {one["code"]: one for one in said["nodes"]}
    assert nodes[canonical(tales.HEATERS[0])]["back"] == 0
    pallet = nodes[canonical(tales.PALLET)]
    assert (pallet["held"], pallet["page"]) == (True, "/00/069450000000000039")
    assert pallet["spans"] == [{"since": "2026-11-05T02:00:00Z", "until": "2026-11-08T23:00:00Z"}]
    valve = canonical(tales.VALVES[0])
    (fitted,) = [one for one in said["edges"] if one["inner"] == valve]
    assert (fitted["way"], fitted["since"], fitted["until"]) == (
        "association",
        "2026-11-01T01:00:00Z",
        "2026-11-18T07:00:00Z",
    )
    records = {one["id"] for one in said["records"]}
    assert all(set(one["records"]) <= records for one in said["edges"])
    for record in fitted["records"]:
        assert site.http.get(f"/api/v1/records/{record}/proof").status_code == 200
    assert site.check(json.encode(said["bundle"]), tales.HEATERS[0]).state is State.VERIFIED
    made = [one for one in said["nodes"] if one["kind"] == "process"]
    assert {one["code"].rpartition(":")[0] for one in made} == {"urn:uuid"}
    assert {one["page"] for one in made} == {None}


def test_the_graph_alone_has_no_records(site):
    told(site)
    said = ask(site, tales.HEATERS[0], format="graph").json()
    assert set(said) == {"code", "nodes", "edges", "more"}
    whole = ask(site, tales.HEATERS[0]).json()
    assert (said["nodes"], said["edges"]) == (whole["nodes"], whole["edges"])


def test_without_a_direction_both_are_told_and_each_says_its_own(site):
    told(site)
    both, back, forward = (
        {one["code"] for one in ask(site, tales.VALVE_LOT, **way).json()["nodes"]}
        for way in ({}, {"direction": "back"}, {"direction": "forward"})
    )
    assert both == back | forward
    assert canonical(tales.BRASS) in back - forward
    assert canonical(tales.HEATERS[0]) in forward - back


def test_pages_of_records_lead_on_to_the_last(site):
    told(site)
    site.app.state.gateway = replace(
        site.app.state.gateway, verifier=replace(site.app.state.gateway.verifier, most=5)
    )
    said = ask(site, tales.VALVE_LOT, direction="forward").json()
    met = {one["id"] for one in said["records"]}
    assert said["leftOut"] == ["records"]
    while said["next"]:
        assert "direction=forward" in said["next"]
        said = site.http.get(said["next"]).json()
        met |= {one["id"] for one in said["records"]}
    every = {one for edge in said["edges"] for one in edge["records"]}
    assert every <= met


def test_a_recall_is_a_list_and_a_table(site):
    told(site)
    said = ask(site, tales.VALVE_LOT, only="items").json()
    items = {one["code"]: one for one in said["items"]}
    assert len(items) == 7
    first, second = (items[canonical(one)] for one in tales.HEATERS[:2])
    assert (first["since"], first["until"]) == ("2026-11-01T01:00:00Z", "2026-11-18T07:00:00Z")
    assert (second["until"], second["holder"], second["party"]) == (
        None,
        canonical(tales.CASES[0]),
        "乙",
    )
    url = f"/api/v1/trace/{quote(tales.VALVE_LOT, safe='')}?only=items"
    for answer in (
        site.http.get(url, headers={"Accept": "text/csv"}),
        site.http.get(url + "&format=csv"),
    ):
        assert answer.headers["content-type"].startswith("text/csv")
        rows = list(csv.DictReader(StringIO(answer.text)))
        assert [one["code"] for one in rows] == [one["code"] for one in said["items"]]
        assert rows[0]["until"] == "2026-11-18T07:00:00Z"
        assert rows[0]["records"].split() == first["records"]


def test_a_cell_that_a_spreadsheet_would_run_is_quoted():
    item = Affected(
        code="urn:x:1", page="/q/x", since=None, until=None, holder=None, seen=None, place=None,
        party="=HYPERLINK(1)", records=[],
    )  # fmt: skip
    assert "'=HYPERLINK" in trace.written(Recall(code="urn:x:l", items=[item], more=False))


def test_a_recall_leads_forward(site):
    problem(ask(site, tales.VALVE_LOT, only="items", direction="back"), 422, "TRACE_ITEMS_FORWARD")
    assert ask(site, tales.VALVE_LOT, only="items", direction="forward").json()["items"] == []


@pytest.mark.parametrize(
    "query",
    [
        {"direction": "up"},
        {"depth": 0},
        {"depth": 101},
        {"only": "x"},
        {"after": "x"},
        {"format": "x"},
    ],
)
def test_what_cannot_be_asked_is_named(site, query):
    assert ask(site, tales.VALVE_LOT, **query).status_code == 422


def test_depth_is_kept(site):
    told(site)
    said = ask(site, tales.HEATERS[0], direction="back", depth=1).json()
    assert (said["leftOut"], max(one["back"] for one in said["nodes"])) == (["depth"], 1)
