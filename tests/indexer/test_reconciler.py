"""Every way to tamper with store or chain is found, named as narrowly as it can be, and cleared once mended."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from gateway.devnet import Devnet
from indexer.chain.client import Client
from indexer.core import merkle
from indexer.core.submission import address
from indexer.reconciler import OFTEN, Reconciler
from indexer.store import findings, ledger

START_OF_2020 = 1_577_836_800
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def reconciler(node, client, book, **options) -> Reconciler:
    return Reconciler(node, client, book.world.deployment, book.origin, **options)


@pytest.fixture
def looked(node, client, book, follow):
    """Follow the chain, go over everything, and return what was found as {kind: subjects}."""

    def look(now: datetime = NOW) -> dict[str, set[str]]:
        follow()
        found = reconciler(node, client, book).run(now)
        with node.connect() as connection:
            kept = findings.read(connection)
        assert {seen.finding.name for seen in kept} == {one.name for one in found}
        named: dict[str, set[str]] = {}
        for one in found:
            named.setdefault(one.kind, set()).add(one.subject)
        return named

    return look


def open_kinds(node) -> dict[str, set[str]]:
    with node.connect() as connection:
        named: dict[str, set[str]] = {}
        for seen in findings.read(connection):
            named.setdefault(seen.finding.kind, set()).add(seen.finding.subject)
        return named


def test_an_honest_ledger_has_no_findings(book, looked):
    assert looked() == {}
    book.grow(1, 3, 2)
    book.grow(1)
    book.submit(2)
    assert looked() == {}
    book.place()
    assert looked() == {}


def test_an_honest_ledger_beyond_one_tile_has_none_either(book, looked):
    for _ in range(3):
        book.grow(*[99, 1, 30])
    assert looked() == {}


def test_an_altered_body_is_named_and_its_neighbours_are_not(book, looked):
    ids = book.grow(1, 3, 2)
    altered = "convert_to(replace(convert_from(content, 'UTF8'), 'OBSERVE', 'DELETE'), 'UTF8')"
    book.tamper(f"update ledger.record set content = {altered} where id = :id", id=ids[2])
    assert looked() == {"BODY_ALTERED": {f"record {ids[2]}"}}


def test_an_altered_body_with_its_digest_made_to_match_is_named_too(book, looked):
    ids = book.grow(1, 3, 2)
    altered = "convert_to(replace(convert_from(content, 'UTF8'), 'OBSERVE', 'DELETE'), 'UTF8')"
    book.tamper(
        f"update ledger.record set content = {altered}, digest = sha256({altered}) where id = :id",
        id=ids[3],
    )
    assert looked() == {"BODY_ALTERED": {f"record {ids[3]}"}}


def test_an_alteration_through_all_of_the_store_still_breaks_on_the_chain(book, looked):
    """Body, digest, signed digests and the tile's hash all agree with each other; the anchored root does not."""
    (one,) = book.grow(1)
    book.grow(2)
    altered = "convert_to(replace(convert_from(content, 'UTF8'), 'OBSERVE', 'DELETE'), 'UTF8')"
    book.tamper(
        f"update ledger.record set content = {altered}, digest = sha256({altered}) where id = :id",
        id=one,
    )
    with book.engine.connect() as connection:
        (entry,) = ledger.entries(connection, 0, 1)
        leaves = [merkle.leaf_hash(leaf or b"") for leaf in ledger.leaves(entry)]
        old = connection.execute(
            text("select hashes from ledger.tile where level = 0")
        ).scalar_one()
    book.tamper("update ledger.tile set hashes = :h", h=b"".join(leaves) + old[64:])
    found = looked()
    assert found["ROOT_MISMATCH"] == {"anchor 1"}
    assert found["RECORD_UNSIGNED"] == {f"record {one}"}


def test_an_altered_tile_is_told_from_an_altered_body(book, looked):
    ids = book.grow(1, 3, 2)
    at = book.index(ids[1])
    book.tamper(
        "update ledger.tile set hashes = overlay(hashes placing :h from :at) where level = 0",
        h=b"\7" * 32,
        at=32 * at + 1,
    )
    assert looked() == {"LEAF_MISMATCH": {f"leaf {at}"}}


def test_an_altered_tile_above_the_leaves_is_named(book, looked):
    book.grow(99, 99, 99)
    assert looked() == {}
    book.tamper("update ledger.tile set hashes = :h where level = 1", h=b"\7" * 32)
    assert looked() == {"TILE_ALTERED": {"tile 1 hash 0"}}


def test_a_deleted_record_is_named_by_the_id_the_index_still_has(book, looked):
    ids = book.grow(1, 3, 2)
    book.tamper("delete from ledger.record where id = :id", id=ids[1])
    assert looked() == {"RECORD_MISSING": {f"record {ids[1]}"}}


def test_a_deleted_record_whose_index_is_gone_too_is_named_by_its_leaf(book, looked):
    ids = book.grow(1, 3, 2)
    at = book.index(ids[1])
    book.tamper("delete from ledger.record where id = :id", id=ids[1])
    book.tamper("delete from ledger.naming where record = :id", id=ids[1])
    assert looked() == {"RECORD_MISSING": {f"leaf {at}"}}


def test_a_deleted_submission_is_named_with_its_range(book, looked, node):
    ids = book.grow(1, 3, 2)
    with book.engine.connect() as connection:
        of = connection.execute(
            text("select submission from ledger.record where id = :id"), {"id": ids[1]}
        ).scalar_one()
    book.tamper("delete from ledger.submission where id = :id", id=of)
    found = looked()
    assert found["RECORD_MISSING"] == {f"submission {of}"}
    assert found["SUBMISSION_GAP"] == {f"key {address(book.key).hex()} sequence 1"}
    assert set(found) == {"RECORD_MISSING", "SUBMISSION_GAP"}
    with node.connect() as connection:
        (seen,) = [s for s in findings.read(connection) if s.finding.kind == "RECORD_MISSING"]
    assert (seen.finding.first_index, seen.finding.last_index) == (2, 5)


def test_a_deleted_place_is_a_gap_in_the_log(book, looked, node):
    book.grow(1, 3, 2)
    book.tamper("delete from ledger.placement where first_index = 2")
    found = looked()
    assert found == {"RECORD_MISSING": {"leaf 2"}}
    with node.connect() as connection:
        (seen,) = findings.read(connection)
    assert (seen.finding.first_index, seen.finding.last_index) == (2, 5)


def test_a_log_cut_short_is_seen_from_the_chain(book, looked):
    book.grow(1)
    book.grow(1)
    book.tamper("delete from ledger.placement where first_index = 2")
    book.tamper("update ledger.tile set hashes = substr(hashes, 1, 64) where level = 0")
    found = looked()
    assert found["ANCHOR_UNKNOWN"] == {"store anchor 2"}


def test_swapped_contents_are_both_named_with_where_they_belong(book, looked, node):
    ids = book.grow(1, 3, 2)
    a, b = ids[0], ids[4]
    book.tamper(
        "update ledger.record r set content = o.content from ledger.record o"
        " where (r.id, o.id) in ((:a, :b), (:b, :a))",
        a=a,
        b=b,
    )
    assert looked() == {"BODY_ALTERED": {f"record {a}", f"record {b}"}}
    with node.connect() as connection:
        told = {s.finding.record: s.finding.facts["contentOf"] for s in findings.read(connection)}
    assert told == {a: str(b), b: str(a)}


def test_swapped_rows_are_both_named(book, looked):
    ids = book.grow(1, 3, 2)
    a, b = ids[1], ids[3]
    book.tamper(
        "update ledger.record r set content = o.content, digest = o.digest from ledger.record o"
        " where (r.id, o.id) in ((:a, :b), (:b, :a))",
        a=a,
        b=b,
    )
    found = looked()
    assert found["BODY_ALTERED"] == {f"record {a}", f"record {b}"}


def test_a_record_slipped_into_a_submission_is_unsigned(book, looked):
    ids = book.grow(1, 2)
    book.tamper(
        "insert into ledger.record select gen_random_uuid(), submission, 2, kind, digest, content"
        " from ledger.record where id = :id",
        id=ids[1],
    )
    with book.engine.connect() as connection:
        (slipped,) = connection.execute(
            text("select id from ledger.record where position = 2")
        ).scalars()
    assert looked() == {"RECORD_UNSIGNED": {f"record {slipped}"}}


def test_a_record_without_a_submission_is_unlogged(book, looked):
    ids = book.grow(1)
    book.tamper(
        "insert into ledger.record select :new, :new, 0, kind, digest, content"
        " from ledger.record where id = :id",
        id=ids[0],
        new="00000000-0000-4000-8000-000000000001",
    )
    assert looked() == {"RECORD_UNLOGGED": {"record 00000000-0000-4000-8000-000000000001"}}


def test_a_submission_without_a_place_is_named_once_its_time_is_over(book, looked):
    book.grow(1)
    book.due = 2**33  # after the block of any anchor
    over = datetime.fromtimestamp(book.due + 1, UTC)
    book.submit(2)
    with book.engine.connect() as connection:
        (of,) = connection.execute(
            text("select s.id from ledger.submission s where s.count = 2")
        ).scalars()
    assert looked() == {}
    assert looked(over) == {"RECORD_UNLOGGED": {f"submission {of}"}}
    book.place()
    book.anchor()
    found = looked(over)
    assert "RECORD_UNLOGGED" not in found


def test_late_and_absent_anchors_break_the_receipts_promise(book, looked):
    book.due = START_OF_2020
    book.grow(1)
    assert looked() == {"ANCHOR_LATE": {"anchor 1"}}
    # Due after the block of the only anchor, and over by the time of looking.
    book.due = 2**33
    book.submit(2)
    book.place()
    afterwards = datetime.fromtimestamp(2**33 + 1, UTC)
    assert looked(afterwards) == {"ANCHOR_LATE": {"anchor 1", "leaf 2"}}


def test_an_anchor_after_the_deadline_that_leaves_a_submission_out_breaks_its_receipt(book, looked):
    book.grow(1)
    book.due = START_OF_2020
    book.submit(1)
    with book.engine.connect() as connection:
        query = text("select id from ledger.submission where anchor_by = :due")
        (of,) = connection.execute(query, {"due": START_OF_2020}).scalars()
    found = looked()
    assert found == {
        "RECEIPT_BROKEN": {f"submission {of}"},
        "RECORD_UNLOGGED": {f"submission {of}"},
    }
    book.place()
    assert looked() == {"RECEIPT_BROKEN": {f"submission {of}"}, "ANCHOR_LATE": {"leaf 2"}}
    book.anchor()
    assert looked() == {"ANCHOR_LATE": {"anchor 2"}}


def test_a_signature_of_another_key_is_named(book, looked):
    book.grow(1, 1)
    book.tamper(
        "update ledger.submission s set signature = o.signature from ledger.submission o"
        " where s.sequence = 0 and o.sequence = 1"
    )
    found = looked()
    assert len(found["SIGNATURE_INVALID"]) == 1
    assert found["LEAF_MISMATCH"] == found["SIGNATURE_INVALID"]


def test_a_key_that_is_not_registered_or_ended_is_named(book, looked):
    stranger = bytes([9]) * 32
    book.submit(1, key=stranger)
    book.place()
    book.anchor()
    book.grow(1)
    (subject,) = looked()["KEY_NOT_ACTIVE"]
    book.world.hands["registrar"].revoke(address(book.key), 0)
    found = looked()["KEY_NOT_ACTIVE"]
    assert subject in found
    assert len(found) == 2


def test_the_index_of_names_is_held_to_the_records(book, looked):
    ids = book.grow(1, 1)
    book.tamper("delete from ledger.naming where record = :id", id=ids[0])
    book.tamper("update ledger.naming set code = :c where record = :id", c=bytes(16), id=ids[1])
    assert looked() == {"NAMING_FALSE": {f"record {one}" for one in ids}}


def test_anchors_and_registrations_changed_in_the_store_are_held_to_the_chain(book, looked):
    book.grow(1)
    book.grow(2)
    assert looked() == {}
    book.tamper("update ledger.registration set name = '别家' where event = 'Admitted'")
    book.tamper("update ledger.anchor set root = :r where number = 2", r=b"\1" * 32)
    found = looked()
    assert any(subject.startswith("chain event") for subject in found["REGISTRY_MISMATCH"])
    assert found["ANCHOR_UNKNOWN"] == {"chain anchor 2"}
    assert found["ROOT_MISMATCH"] == {"anchor 2"}


def test_a_deleted_anchor_row_is_known_to_the_chain(book, looked, node, client):
    book.grow(1)
    book.grow(2)
    book.grow(1)
    assert looked() == {}
    book.tamper("delete from ledger.anchor where number = 2")
    found = {one.name for one in reconciler(node, client, book).run(NOW)}
    assert ("ANCHOR_UNKNOWN", "chain anchor 2") in found
    assert ("ANCHOR_UNKNOWN", "store before 3") in found


def test_a_checkpoint_without_an_anchor_is_named(book, looked):
    book.grow(1)
    book.tamper("insert into ledger.checkpoint values (2, :r, 'note')", r=b"\1" * 32)
    assert looked() == {"ANCHOR_MISSING": {"store checkpoint 2"}}


def test_a_sequence_used_out_of_order_is_a_gap(book, looked):
    book.grow(1)
    book.submit(1, sequence=3)
    book.place()
    book.anchor()
    assert looked() == {"SUBMISSION_GAP": {f"key {address(book.key).hex()} sequence 1"}}


def test_another_chain_behind_the_same_address_is_told(book, looked, node, tmp_path):
    book.grow(1)
    assert looked() == {}
    with Devnet.start(tmp_path) as other, Client([other.url]) as client:
        found = reconciler(node, client, book).run(NOW)
    assert [one.name for one in found] == [("CHAIN_REPLACED", "chain")]
    assert looked() == {}  # the right one again


def test_with_the_chain_away_the_store_is_still_looked_at(book, looked, node):
    ids = book.grow(1)
    assert looked() == {}
    book.tamper("delete from ledger.record where id = :id", id=ids[0])
    with Client(["http://127.0.0.1:9"]) as nobody:
        one = reconciler(node, nobody, book)
        assert [found.kind for found in one.run(NOW)] == ["RECORD_MISSING"]
        assert one.away is not None


def test_a_finding_keeps_its_first_day_and_is_cleared_when_mended(book, looked, node):
    ids = book.grow(1, 3)
    book.tamper("create table kept as select * from ledger.record where id = :id", id=ids[1])
    book.tamper("delete from ledger.record where id = :id", id=ids[1])
    looked(NOW)
    looked(NOW + timedelta(days=1))
    with node.connect() as connection:
        (seen,) = findings.read(connection)
    assert (seen.first_seen, seen.last_seen) == (NOW, NOW + timedelta(days=1))
    book.tamper("insert into ledger.record select * from kept")
    assert looked(NOW + timedelta(days=2)) == {}
    with node.connect() as connection:
        (seen,) = findings.read(connection, cleared=True)
    assert seen.cleared == NOW + timedelta(days=2)


def test_steps_find_what_is_new_at_once_and_what_is_old_within_a_round(book, node, client, follow):
    ids = book.grow(*[1] * 20)
    follow()
    stepping = reconciler(node, client, book, pace=10)
    for _ in range(6):
        assert stepping.step(NOW) == []
    fresh = book.submit(1)
    book.place()
    book.tamper("delete from ledger.record where id = :id", id=fresh[0])
    assert [one.record for one in stepping.step(NOW)] == fresh
    book.tamper("delete from ledger.record where id = :id", id=ids[3])
    for step in range(12):
        stepping.step(NOW + step * timedelta(seconds=1))
    assert open_kinds(node) == {"RECORD_MISSING": {f"record {ids[3]}", f"record {fresh[0]}"}}


def test_steps_ask_about_the_whole_store_now_and_then(book, node, client, follow):
    book.grow(1)
    follow()
    stepping = reconciler(node, client, book)
    assert stepping.step(NOW) == []
    book.tamper("insert into ledger.checkpoint values (2, :r, 'note')", r=b"\1" * 32)
    assert stepping.step(NOW + OFTEN / 2) == []
    assert [one.kind for one in stepping.step(NOW + OFTEN)] == ["ANCHOR_MISSING"]
