"""The log over HTTP, read by core's own tile reader as a monitor would."""

import pytest

from indexer.core import checkpoint, merkle, tile
from indexer.core.tile import Tree
from tests.gateway.making import event
from tests.gateway.web.serving import ORIGIN, Site
from tests.gateway.web.test_submissions import problem


def tiles(site):
    def read(level, index, width):
        return site.http.get(f"/log/{tile.path(level, index, width)}").raise_for_status().content

    return read


def test_a_monitor_finds_the_checkpoints_root_from_the_tiles(site):
    problem(site.http.get("/log/checkpoint"), 404, "CHECKPOINT_NONE")
    member = site.member()
    site.send(member, *(event(str(n)) for n in range(150)))
    site.send(member, *(event(str(n)) for n in range(150)))
    site.place()
    size = site.anchor()
    answer = site.http.get("/log/checkpoint")
    seen = checkpoint.parse(answer.text, [site.signer.verifier])
    assert (seen.origin, seen.size) == (ORIGIN, size)
    assert Tree(tiles(site)).root(size) == seen.root
    assert answer.headers["access-control-allow-origin"] == "*"
    full = site.http.get("/log/tile/0/000")
    assert len(full.content) == 8192
    assert "immutable" in full.headers["cache-control"]
    narrow = site.http.get("/log/tile/0/000.p/3")
    assert narrow.content == full.content[:96]
    entries = site.http.get("/log/tile/entries/001.p/46", headers=member.headers)
    leaves = tile.parse_entries(entries.content, 1, 46)
    hashes = b"".join(merkle.leaf_hash(leaf) for leaf in leaves)
    assert hashes == site.http.get("/log/tile/0/001.p/46").content


@pytest.mark.parametrize("path", ["0/000", "0/001.p/1", "1/000.p/1", "0/000.p/4"])
def test_a_tile_beyond_the_log_is_not_there(site, path):
    site.send(site.member(), event("1"), event("2"))
    site.place()
    problem(site.http.get(f"/log/tile/{path}"), 404, "TILE_BEYOND")


@pytest.mark.parametrize(
    "path",
    [
        "0/0",
        "0/000.p/256",
        "00/000",
        "64/000",
        "x",
        "entries/x000/001",
        "0/x999/x999/x999/x999/x999/x999/999",  # beyond PostgreSQL's numbers, and any log's
        "0/x009/x007/x199/x254/x740/992",  # 2^53
    ],
)
def test_a_tile_in_another_spelling_is_refused(site, path):
    problem(site.http.get(f"/log/tile/{path}"), 422, "TILE_UNKNOWN")


def test_entries_need_a_credential_unless_the_operator_opens_them(database, tmp_path):
    with Site(database, tmp_path, log_entries="public") as site:
        site.send(site.member(), event("1"))
        site.place()
        assert site.http.get("/log/tile/entries/000.p/2").status_code == 200
        problem(site.http.get("/log/tile/entries/000.p/3"), 404, "TILE_BEYOND")
        site.tamper("delete from ledger.record")
        problem(site.http.get("/log/tile/entries/000.p/2"), 404, "ENTRIES_BROKEN")


def test_entries_are_closed_to_strangers(site):
    member = site.member()
    site.send(member, event("1"))
    site.place()
    problem(site.http.get("/log/tile/entries/000.p/2"), 401, "API_KEY_ABSENT")
    own = site.http.get("/log/tile/entries/000.p/2", headers=member.headers)
    assert own.status_code == 200
    assert own.headers["cache-control"].startswith("private")


def test_a_deleted_submission_breaks_the_bundle_that_holds_it_and_no_other(site):
    member = site.member()
    site.send(member, *(event(str(n)) for n in range(255)))
    site.send(member, event("next"))
    site.place()
    site.tamper("delete from ledger.submission where sequence = 1")
    full, partly = (f"/log/tile/entries/{one}" for one in ("000", "001.p/2"))
    assert site.http.get(full, headers=member.headers).status_code == 200
    problem(site.http.get(partly, headers=member.headers), 404, "ENTRIES_BROKEN")
