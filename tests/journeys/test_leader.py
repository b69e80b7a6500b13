"""Two loops over one log: one leads, the other takes over when the first is killed, or paused wherever it was."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from gateway.processes import Process
from tests.journeys import stories
from tests.world import World, until

# Seconds until another leads: ten are promised, on a machine that does not run everything else beside it.
TAKEN_OVER = 30.0


@pytest.fixture(scope="module")
def doubled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A deployment with a second loop beside the first."""
    world = World.open(tmp_path_factory.mktemp("doubled") / "world")
    first = world.process("loop")
    log = world.machine.folder / "second.log"
    world.processes.start(Process("second", first.command, first.environment, log))
    yield world
    world.close()


@pytest.fixture
def pair(doubled: World):
    """The loop that leads and the one that stands by, both alive."""
    doubled.processes.watch()
    loops = {name: doubled.process(name) for name in ("loop", "second")}
    until(lambda: connected(doubled) == 2, "both loops run")
    until(lambda: any(leads(doubled, one) for one in loops.values()), "one of them leads")
    leader = next(one for one in loops.values() if leads(doubled, one))
    other = next(one for one in loops.values() if one is not leader)
    return doubled, leader, other


def connected(world: World) -> int:
    """Count the loops that have sessions: each has a name of its own."""
    query = (
        "select count(distinct application_name) from pg_stat_activity"
        " where starts_with(application_name, 'suyuan-loop-')"
    )
    return int(world.ask(query)[0][0])


def leads(world: World, loop: Process) -> bool:
    """Tell whether the last to take the lead was this process, which said so under its instance's name."""
    [(instance,)] = world.ask("select instance from ledger.leader")
    return f"instance={instance}" in loop.log.read_text()


def epoch(world: World) -> int:
    return int(world.ask("select epoch from ledger.leader")[0][0])


def submit(world: World) -> str:
    return str(world.submit(stories.seen(stories.serial()))["submission"])


@contextmanager
def paused(loop: Process) -> Iterator[None]:
    loop.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        loop.signal(signal.SIGCONT)


@contextmanager
def held_up(world: World) -> Iterator[None]:
    """Let no transaction of a loop see the places of the log: one that has begun waits in its middle."""
    url = world.machine.database_url("superuser").replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        connection.execute("lock table ledger.placement in access exclusive mode")
        until(lambda: _waiting(world), "a transaction of the leader waits")
        yield


def _waiting(world: World) -> bool:
    query = (
        "select from pg_stat_activity a join ledger.leader l on a.application_name = l.instance"
        " where wait_event_type = 'Lock' and query like '%ledger.placement%'"
    )
    return bool(world.ask(query))


def test_the_other_leads_when_the_leader_is_killed(pair):
    world, leader, other = pair
    submit(world)
    leader.signal(signal.SIGKILL)
    until(lambda: leads(world, other), "the other leads", TAKEN_OVER)
    world.check()


def test_the_other_leads_when_the_leader_is_paused_and_the_first_stands_by_when_it_wakes(pair):
    world, leader, other = pair
    before = epoch(world)
    with paused(leader):
        sent = submit(world)
        until(lambda: leads(world, other), "the other leads", TAKEN_OVER)
        until(lambda: world.state(sent) == "final", "its anchor is final")
        assert epoch(world) == before + 1
    until(lambda: "LEADERSHIP" in leader.tail(50) or "loop_waits" in leader.tail(50), "it hears")
    until(lambda: leader.tail(1).find("leadership_awaited") >= 0, "the first stands by")
    assert leader.status is None
    world.check()
    assert epoch(world) == before + 1
    other.signal(signal.SIGKILL)
    until(lambda: leads(world, leader), "the first leads again", TAKEN_OVER)
    submit(world)
    world.check()


def test_a_leader_paused_in_the_middle_of_a_transaction_holds_nothing_up(pair):
    world, leader, other = pair
    with paused_in_the_middle(world, leader):
        until(lambda: leads(world, other), "the other leads", TAKEN_OVER)
        world.settle()
    world.check()
    assert leader.status is None


@contextmanager
def paused_in_the_middle(world: World, leader: Process) -> Iterator[None]:
    with held_up(world):
        leader.signal(signal.SIGSTOP)
    try:
        submit(world)
        query = (
            "select from pg_stat_activity a join ledger.leader l on a.application_name = l.instance"
            " where state = 'idle in transaction'"
        )
        until(lambda: bool(world.ask(query)), "its transaction stands open")
        yield
    finally:
        leader.signal(signal.SIGCONT)


def test_a_leader_whose_step_takes_long_is_left_alone(pair):
    world, leader, _ = pair
    before = epoch(world)
    with held_up(world):
        time.sleep(8)
    submit(world)
    world.check()
    assert epoch(world) == before
    assert leads(world, leader)
