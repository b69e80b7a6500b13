import shutil
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from gateway.leader import LeadershipLostError, Term
from gateway.refill import HeadBeyondStoreError, SequenceTakenError, refill
from indexer.core import merkle, tile
from indexer.core.tile import Tree
from indexer.reconciler import Reconciler
from indexer.store import ledger
from tests.gateway.making import NOW, body, event
from tests.gateway.tampering import set_back, tamper


def findings(world):
    """Look at everything as the regulator does: kinds and how many of each."""
    reconciler = Reconciler(world.node, world.client, world.deployment, world.origin)
    found = reconciler.run(NOW)
    return {kind: sum(one.kind == kind for one in found) for kind in {one.kind for one in found}}


def state(world):
    with world.loop.begin() as connection:
        size = ledger.size(connection)
        return size, Tree(ledger.reader(connection)).root(size)


def submissions(world):
    with world.loop.begin() as connection:
        query = text(
            "select s.*, p.first_index from ledger.submission s"
            " join ledger.placement p on p.submission = s.id order by p.first_index"
        )
        return connection.execute(query).mappings().all()


def grow(world, *counts):
    for count in counts:
        world.submit(count)
        world.settle()


def test_what_the_files_hold_comes_back_and_what_they_do_not_is_lost(world):
    grow(world, 2, 3, 1)
    whole, before = submissions(world), state(world)
    set_back(world, 3)
    assert world.anchorer.step(NOW) == "idle"
    assert state(world) == before
    same = "participant", "key", "sequence", "count", "root", "digests", "signature", "received_at"
    for was, one in zip(whole, submissions(world), strict=True):
        assert [one[name] for name in same] == [was[name] for name in same]
    first, *lost = submissions(world)
    assert first["receipt"] is not None
    assert [(one["anchor_by"], one["receipt"]) for one in lost] == [(None, None)] * 2
    world.follow()
    found = findings(world)
    assert {kind: found[kind] for kind in ("RECORD_MISSING", "STORE_REFILLED")} == {
        "RECORD_MISSING": 4,
        "STORE_REFILLED": 1,
    }


def test_the_log_goes_on_where_the_chain_left_it(world):
    grow(world, 2, 3)
    set_back(world, 3)
    world.anchorer.hold()
    world.submit(4)
    world.settle()
    assert world.head().size == 12
    assert [one["sequence"] for one in submissions(world)] == [0, 1, 2]
    with world.loop.begin() as connection:
        notes = connection.execute(text("select size from ledger.checkpoint order by size"))
        assert [one.size for one in notes] == [3, 7, 12]


def test_a_long_gap_over_many_bundles_is_filled(world):
    grow(world, 100, 300, 7, 255, 40)
    before = state(world)
    set_back(world, 101)
    world.anchorer.hold()
    assert state(world) == before
    world.submit(1)
    world.settle()


def test_an_empty_store_is_filled_from_nothing(world):
    grow(world, 2, 3)
    before = state(world)
    set_back(world, 0)
    world.anchorer.hold()
    assert state(world) == before


def test_what_was_stored_and_not_yet_logged_is_logged_as_it_was(world):
    grow(world, 2, 3, 1)
    whole = submissions(world)
    set_back(world, 3, placed=False)
    world.anchorer.hold()
    assert submissions(world) == whole
    world.settle()
    world.check()
    assert not findings(world).keys() & {"RECORD_MISSING", "LEAF_MISMATCH", "STORE_REFILLED"}


def test_a_sequence_taken_meanwhile_is_explained(world):
    grow(world, 2, 3)
    set_back(world, 3)
    world.submit(1, place=False)
    with pytest.raises(SequenceTakenError, match=r"another submission 1 of the key .* at index 3"):
        world.anchorer.hold()
    assert state(world)[0] == 3


def test_the_same_submission_received_at_another_time_is_another_leaf(world):
    grow(world, 2, 3)
    set_back(world, 3, placed=False)
    tamper(
        world.database,
        "update ledger.submission set received_at = received_at + 1 where sequence = 1",
    )
    with pytest.raises(SequenceTakenError):
        world.anchorer.hold()


def test_missing_files_are_explained_with_what_to_do(world):
    grow(world, 2, 3)
    root = state(world)
    set_back(world, 3)
    shutil.rmtree(world.folder / "tile")
    with pytest.raises(HeadBeyondStoreError, match="7 leaves and the store 3") as caught:
        world.anchorer.hold()
    said = str(caught.value)
    assert "lack the leaves from index 0 on" in said
    assert f"contracts.cli close {world.origin} --last-good 3" in said
    assert state(world)[0] == 3
    assert state(world)[1].hex() in said
    assert root[1].hex() not in said


def test_the_widest_file_is_used_and_an_unsound_one_passed_over(world):
    grow(world, 2, 3)
    set_back(world, 3)
    bundles = world.folder / "tile/entries/000.p"
    assert sorted(one.name for one in bundles.iterdir()) == ["3", "7"]
    (bundles / "9").write_bytes((bundles / "7").read_bytes())
    world.anchorer.hold()
    assert state(world)[0] == 7
    set_back(world, 3)
    (bundles / "7").write_bytes(b"\0\1")
    (bundles / "9").unlink()
    with pytest.raises(HeadBeyondStoreError, match="lack the leaves from index 3 on"):
        world.anchorer.hold()


def test_files_that_run_ahead_of_the_chain_are_read_up_to_its_head(world):
    grow(world, 2, 3)
    before = state(world)
    bundles = world.folder / "tile/entries/000.p"
    leaves = tile.parse_entries((bundles / "7").read_bytes(), 0, 7)
    (bundles / "9").write_bytes(tile.entries([*leaves, leaves[0], leaves[1]]))
    (bundles / "7").unlink()
    set_back(world, 3)
    world.anchorer.hold()
    assert state(world) == before
    world.submit(1)
    world.settle()
    assert world.head().size == 9


def test_files_of_another_log_do_not_pass(world):
    grow(world, 2, 3)
    set_back(world, 3)
    path = world.folder / "tile/entries/000.p/7"
    leaves = tile.parse_entries(path.read_bytes(), 0, 7)
    path.write_bytes(tile.entries([*leaves[:6], leaves[5]]))
    with pytest.raises(HeadBeyondStoreError, match="do not lead to the chain's root"):
        world.anchorer.hold()
    assert state(world)[0] == 3


def test_a_file_changed_below_the_stores_end_does_not_pass(world):
    grow(world, 2, 3)
    set_back(world, 3)
    path = world.folder / "tile/entries/000.p/7"
    leaves = tile.parse_entries(path.read_bytes(), 0, 7)
    path.write_bytes(tile.entries([leaves[0], leaves[2], leaves[1], *leaves[3:]]))
    with pytest.raises(HeadBeyondStoreError, match="do not lead to the chain's root"):
        world.anchorer.hold()


def test_a_log_that_breaks_off_within_a_submission_is_not_guessed_at(world):
    """Somebody with the operator's key anchored leaves that nobody's loop had written."""
    grow(world, 2)
    leaves = tile.parse_entries((world.folder / "tile/entries/000.p/3").read_bytes(), 0, 3)
    odd = [*leaves, leaves[0]]
    root = merkle.root([merkle.leaf_hash(one) for one in odd])
    (world.folder / "tile/entries/000.p/4").write_bytes(tile.entries(odd))
    head = world.head()
    with pytest.raises(HeadBeyondStoreError, match="cannot read"):
        refill(world.loop, world.term, world.folder, type(head)(2, 4, root))


def test_only_the_leader_refills(world):
    grow(world, 2, 3)
    set_back(world, 3)
    deposed = world.term
    deposed.end()
    heir = None
    while heir is None:
        heir = Term.begin(world.loop, world.origin, NOW)
    with pytest.raises(LeadershipLostError):
        refill(world.loop, deposed, world.folder, world.head())
    world.term = heir
    assert state(world)[0] == 3


def test_a_submission_that_is_being_stored_is_waited_for(world):
    """Intake holds this lock from the moment it chooses a sequence until its rows are there."""
    grow(world, 2, 3)
    key = submissions(world)[0]["key"]
    set_back(world, 3)
    held = text("select pg_advisory_xact_lock(hashtextextended(:what, 7305002))")
    with ThreadPoolExecutor(1) as pool:
        with world.node.begin() as intake:
            intake.execute(held, {"what": f"sequence {key.hex()}"})
            refilling = pool.submit(world.anchorer.hold)
            time.sleep(0.3)
            assert not refilling.done()
        refilling.result(10)
    world.desk.submit(world.participant, body(event("next")))
    world.settle()
    assert [one["sequence"] for one in submissions(world)] == [0, 1, 2]
