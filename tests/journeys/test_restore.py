"""An old backup takes the place of a newer store: it is recognised, filled again from files, and says what is lost."""

import shutil
import signal
from functools import partial
from typing import Any

import httpx
import msgspec
import psycopg

from gateway import demo
from gateway.machine import DATABASE
from gateway.processes import PERSON
from indexer.chain.client import Client
from indexer.core.submission import log_id
from tests.journeys import stories
from tests.world import World, until

PROGRAMS = ("follower", "loop", "node", "gateway")
LOST = {("RECORD_MISSING", None), ("STORE_REFILLED", None)}


def stop(world: World, *names: str) -> None:
    for name in names:
        world.process(name).signal(signal.SIGTERM)
    for name in names:
        world.process(name).stop()


def start(world: World, *names: str) -> None:
    for name in names:
        world.process(name).start()
        if name in ("gateway", "node"):
            url = getattr(world.where, name)
            until(partial(answers, url), f"{name} answers")


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def swap(world: World, *statements: str) -> None:
    """Change whole databases, which nobody may be connected to meanwhile."""
    url = world.machine.server.superuser_url().replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def back_up(world: World) -> None:
    stop(world, *PROGRAMS)
    swap(world, f"create database kept template {DATABASE}")
    start(world, *PROGRAMS)


def restore(world: World) -> None:
    stop(world, *PROGRAMS)
    swap(world, f"drop database {DATABASE}", f"alter database kept rename to {DATABASE}")


def head(world: World) -> Any:
    with Client([world.machine.devnet.url]) as client:
        return client.head(world.machine.deployment.trace_log, log_id(world.machine.origin))


def size(world: World) -> int:
    query = "select coalesce(max(first_index + count + 1), 0) from ledger.placement"
    return int(world.ask(query)[0][0])


def places(world: World, said: dict[str, Any]) -> list[int]:
    """Tell where the records of a submission stand in the log."""
    [(first, count)] = world.ask(
        "select first_index, count from ledger.placement where submission = %s", said["submission"]
    )
    return list(range(first + 1, first + 1 + count))


def missing(world: World) -> list[int]:
    """Ask the regulator's node which leaves have no record any more."""
    found = msgspec.json.decode(world.node("reconcile", "--json").stdout)["findings"]
    return sorted(one["firstIndex"] for one in found if one["kind"] == "RECORD_MISSING")


def test_a_restored_backup_is_filled_again_and_says_what_it_lost(world: World):
    early, stored, late, other, new = (stories.serial() for _ in range(5))
    world.submit(stories.seen(early))
    world.settle()
    stop(world, "loop")
    waiting = world.submit(stories.seen(stored))  # in the backup, and not in the log yet
    back_up(world)
    gone = [
        world.submit(stories.seen(late), stories.seen(early)),
        world.submit(stories.seen(other), who=1),
        world.submit(stories.seen(other)),
    ]
    world.settle()
    before, lost = head(world), sorted(at for said in gone for at in places(world, said))
    restore(world)

    start(world, "follower", "gateway")
    until(lambda: seen(world) == before.size, "the follower has caught up")
    refused = world.post([stories.seen(new)])
    assert refused.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert refused.json()["code"] == "STORE_BEHIND"
    start(world, "loop", "node")
    until(lambda: size(world) == before.size, "the store is filled again")
    assert head(world) == before
    assert "records_lost=4" in world.process("loop").tail(50)
    assert places(world, waiting)

    assert missing(world) == lost
    assert world.findings() == LOST
    for serial, state in ((early, "VERIFIED"), (stored, "VERIFIED"), (late, "UNKNOWN")):
        assert judged(world, serial) == state
    assert world.submit(stories.seen(new))["sequence"] == gone[-1]["sequence"] + 1
    world.settle()
    assert judged(world, new) == "VERIFIED"
    world.check(findings=LOST)


def seen(world: World) -> int:
    return int(world.ask("select coalesce(max(size), 0) from ledger.anchor")[0][0])


def judged(world: World, serial: str) -> str:
    return world.scan(demo.epc(serial)).state


def test_without_the_files_the_loop_stops_and_explains(world: World):
    world.submit(stories.seen(stories.serial()))
    world.settle()
    back_up(world)
    kept = size(world)
    world.submit(stories.seen(stories.serial()))
    world.settle()
    before = head(world)
    restore(world)
    shutil.rmtree(world.machine.folder / "log" / "tile")
    start(world, *PROGRAMS)
    loop = world.process("loop")
    until(lambda: loop.status is not None, "the loop stops")
    assert loop.status == PERSON
    world.processes.watch()
    assert loop.status == PERSON, "nobody starts it again"
    said = loop.tail(20)
    assert "HEAD_BEYOND_STORE" in said
    assert f"close {world.machine.origin} --last-good {kept}" in said
    assert "lack the leaves from index 0 on" in said
    assert (head(world), size(world)) == (before, kept)
    assert ("ANCHOR_UNKNOWN", None) in world.findings()
