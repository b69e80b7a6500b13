"""The chain goes away and comes back, processes are killed in mid-way: nothing is lost, nothing doubled."""

import signal
import threading
import time
from functools import partial

import httpx
import pytest

from gateway.processes import Process
from tests.journeys import stories
from tests.world import World, until


def test_the_chain_goes_away_and_comes_back(world: World):
    world.submit(stories.seen(stories.serial()))
    world.settle()
    world.machine.devnet.process.send_signal(signal.SIGSTOP)
    try:
        said = world.submit(stories.seen(stories.serial()))
        until(lambda: world.state(said["submission"]) == "logged", "the record has its place")
        time.sleep(3)
        assert world.state(said["submission"]) in {"logged", "sent"}
    finally:
        world.machine.devnet.process.send_signal(signal.SIGCONT)
    world.settle()
    world.check()


def test_each_process_is_killed_in_mid_way_and_nothing_is_lost(world: World):
    accepted: list[str] = []
    stop = threading.Event()

    def send() -> None:
        while not stop.is_set():
            try:
                answer = world.post([stories.seen(stories.serial()) for _ in range(5)])
            except httpx.TransportError:
                time.sleep(0.05)  # the gateway is the one that was killed
                continue
            if answer.status_code == httpx.codes.CREATED:
                accepted.extend(record["id"] for record in answer.json()["records"])

    sender = threading.Thread(target=send)
    sender.start()
    try:
        for name in ("loop", "follower", "gateway", "node"):
            process = world.process(name)
            time.sleep(1.2)
            process.signal(signal.SIGKILL)
            until(partial(_dead, process), "it is dead")
            until(partial(_watched, world, process), "it runs again")
    finally:
        stop.set()
        sender.join()
    until(lambda: _up(world), "the web programs answer again")
    world.check()
    stored = {str(one) for (one,) in world.ask("select id from ledger.record")}
    assert set(accepted) <= stored


def _dead(process: Process) -> bool:
    return process.status is not None


def _watched(world: World, process: Process) -> bool:
    world.processes.watch()
    return process.status is None


def _up(world: World) -> bool:
    try:
        return all(
            httpx.get(f"{base}/healthz").status_code == httpx.codes.OK
            for base in (world.where.gateway, world.where.node)
        )
    except httpx.TransportError:
        return False


@pytest.mark.parametrize("name", ["postgres"])
def test_the_database_dies_under_everything_and_comes_back(world: World, name):
    """A database that restarts costs time and nothing else."""
    world.submit(stories.seen(stories.serial()))
    world.settle()
    with world._superuser() as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
            " and backend_type = 'client backend'"
        )
    until(lambda: _taken(world), "submissions are taken again")
    world.processes.watch()
    world.check()


def _taken(world: World) -> bool:
    return world.post([stories.seen(stories.serial())]).status_code == httpx.codes.CREATED
