"""Whoever has the database in hand alters, deletes, inserts and swaps; pages and programs name each."""

import copy
from collections.abc import Iterator
from typing import Any

import msgspec
import psycopg
import pytest

from gateway import demo
from tests.journeys import stories
from tests.world import World


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World.open(tmp_path_factory.mktemp("spoilt") / "world")
    yield world
    world.close()


@pytest.fixture
def lives(spoilt: World):
    """Three appliances nobody has touched yet, in a deployment where earlier tests spoilt others."""
    serials = [stories.serial() for _ in range(3)]
    stories.live(spoilt, serials)
    spoilt.settle()
    spoilt.known = spoilt.findings()
    return spoilt, [demo.epc(serial) for serial in serials]


def fresh(world: World) -> set[tuple[str, str | None]]:
    return world.findings() - world.known


def step(world: World, code: str, name: str) -> dict[str, Any]:
    records = msgspec.json.decode(world.bundle(code))["records"]
    return next(one for one in records if one["content"]["body"].get("bizStep") == name)


def test_whatever_is_done_to_the_store_is_caught_and_named(lives):
    world, (altered, deleted, whole) = lives
    changed, gone = (
        step(world, altered, "inspecting")["id"],
        step(world, deleted, "installing")["id"],
    )
    world.tamper(
        "update ledger.record set content = convert_to(replace(convert_from(content, 'UTF8'), '91.5', '95.5'), 'UTF8')"
        " where id = %s",
        changed,
    )
    world.tamper("delete from ledger.record where id = %s", gone)
    assert world.scan(altered).state == "ALTERED"
    assert world.scan(deleted).state == "MISSING"
    assert world.scan(whole).state == "VERIFIED"
    assert fresh(world) == {("BODY_ALTERED", changed), ("RECORD_MISSING", gone)}


def test_an_alteration_that_keeps_digests_in_step_is_caught_by_the_log(lives):
    """Content and every digest in the database changed together: the log and the signature still know better."""
    world, (code, *_) = lives
    one = step(world, code, "inspecting")["id"]
    world.tamper(
        "update ledger.record set content = convert_to(replace(convert_from(content, 'UTF8'), '91.5', '95.5'), 'UTF8'),"
        " digest = sha256(convert_to(replace(convert_from(content, 'UTF8'), '91.5', '95.5'), 'UTF8')) where id = %s",
        one,
    )
    world.tamper(
        "update ledger.submission s set digests = overlay(digests placing r.digest from 1 + 32 * r.position)"
        " from ledger.record r where r.id = %s and r.submission = s.id",
        one,
    )
    assert world.scan(code).state == "ALTERED"
    assert {kind for kind, _ in fresh(world)} & {"LEAF_MISMATCH", "SIGNATURE_INVALID"}


def test_two_records_with_their_contents_swapped_are_both_named(lives):
    world, (first, second, _) = lives
    one, other = step(world, first, "inspecting")["id"], step(world, second, "inspecting")["id"]
    world.tamper(
        "update ledger.record r set content = o.content from ledger.record o"
        " where (r.id, o.id) in ((%s, %s), (%s, %s))",
        one,
        other,
        other,
        one,
    )
    assert world.scan(first).state == "ALTERED"
    assert fresh(world) == {("BODY_ALTERED", one), ("BODY_ALTERED", other)}


def test_a_record_slipped_into_the_store_is_named_and_never_verified(lives):
    world, (code, *_) = lives
    world.tamper(
        "insert into ledger.record select gen_random_uuid(), submission, 7, kind, digest, content"
        " from ledger.record where id = %s",
        step(world, code, "inspecting")["id"],
    )
    slipped = str(world.ask("select id from ledger.record where position = 7")[0][0])
    world.tamper(
        "insert into ledger.naming select code, %s, submission, 7, false from ledger.naming where record ="
        " (select id from ledger.record where position = 0 and submission ="
        " (select submission from ledger.record where id = %s))",
        slipped,
        slipped,
    )
    assert world.scan(code).state != "VERIFIED"
    assert fresh(world) == {("RECORD_UNSIGNED", slipped)}


def test_swapped_proofs_and_a_genuine_proof_of_another_product_do_not_pass(lives):
    world, (mine, others, _) = lives
    genuine = msgspec.json.decode(world.bundle(mine))
    swapped = copy.deepcopy(genuine)
    one, other = swapped["records"][1], swapped["records"][2]
    for member in ("index", "path"):
        one[member], other[member] = other[member], one[member]
    assert world.judge(msgspec.json.encode(genuine), mine).state == "VERIFIED"
    assert world.judge(msgspec.json.encode(swapped), mine).state == "ALTERED"
    assert world.judge(world.bundle(others), mine).state == "UNKNOWN"


def test_a_tile_rewritten_is_seen(world: World):
    serial = stories.serial()
    stories.live(world, [serial])
    world.settle()
    code = demo.epc(serial)
    world.tamper(
        "update ledger.tile set hashes = set_byte(hashes, 40, 255 - get_byte(hashes, 40)) where level = 0"
    )
    assert world.scan(code).state == "ALTERED"
    assert {kind for kind, _ in world.findings()} & {"LEAF_MISMATCH", "ROOT_MISMATCH"}


def test_no_role_of_ours_can_rewrite(lives):
    world, (code, *_) = lives
    one = step(world, code, "inspecting")["id"]
    for role in ("web", "loop", "node", "admin"):
        with psycopg.connect(
            world.machine.database_url(role).replace("+psycopg", "")
        ) as connection:
            for statement in (
                "update ledger.record set kind = 2 where id = %s",
                "delete from ledger.record where id = %s",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement, [one])
                connection.rollback()
    assert world.scan(code).state == "VERIFIED"
    assert fresh(world) == set()
