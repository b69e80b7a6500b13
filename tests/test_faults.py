"""Every effect that intake, sequencer, anchorer and follower have fails once before it happened and once after, and the
process dies there likewise; then all goes on, and everything is there exactly once.

The first table runs the components in this process, so that it can strike at one commit or one answer. The second
kills the real programs.
"""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import text

from gateway.devnet import Devnet
from indexer.chain.client import Client
from indexer.core.errors import OutageError
from indexer.follower import Follower
from tests.gateway.chain import World, contracts
from tests.gateway.faults import Died, Door, Fault, When, at_commit, barred
from tests.gateway.making import NOW, body, event
from tests.gateway.tampering import set_back
from tests.journeys import stories
from tests.world import World as Deployed
from tests.world import until

MOMENTS = ["failed before", "failed after", "killed before", "killed after"]
DEPTH = 2  # blocks until one is final, so that there is something to rewind

# effect                                where it is             what strikes there
EFFECTS = [
    ("a submission is stored",          "commit",               "insert into ledger.submission"),
    ("a submission gets its place",     "commit",               "INSERT INTO ledger.placement"),
    ("a store set back gets its places", "commit, set back",    "INSERT INTO ledger.placement"),
    ("an anchor's files are written",   "file",                 "tile/0/000.p/7|tile/entries/000.p/7"),
    ("an anchor is signed and stored",  "commit",               "INSERT INTO ledger.tx"),
    ("an anchor is sent",               "node",                 "eth_sendRawTransaction"),
    ("its sending is noted",            "commit",               "UPDATE ledger.tx SET sent="),
    ("what became of it is noted",      "commit",               "UPDATE ledger.tx SET outcome=.*nonce = "),
    ("blocks and anchors are appended", "commit",               "INSERT INTO ledger.anchor"),
    ("a fork is taken back",            "commit, forked",       "DELETE FROM ledger.block WHERE .*number > "),
    ("a checkpoint is signed",          "commit",               "INSERT INTO ledger.checkpoint"),
    ("a checkpoint is shown",           "file",                 "checkpoint|checkpoint"),
]  # fmt: skip
# What only asks has no effect, and its answer can be lost all the same.
QUESTIONS = [
    "eth_call",
    "eth_chainId",
    "eth_estimateGas",
    "eth_gasPrice",
    "eth_getBlockByNumber",
    "eth_getLogs",
    "eth_getTransactionCount",
    "eth_getTransactionReceipt",
]


# program      killed before this table takes its row    killed at the word that its commit sends
KILLS = [
    ("gateway",  "ledger.submission",                      "suyuan_submission"),
    ("loop",     "ledger.placement",                       "suyuan_log"),
    ("loop",     "ledger.tx",                              None),
    ("loop",     "ledger.checkpoint",                      None),
    ("follower", "ledger.anchor",                          "suyuan_anchor"),
]  # fmt: skip


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Devnet, Any]]:
    """A chain of our own: it is rewound here."""
    with Devnet.start(tmp_path_factory.mktemp("chain")) as net:
        yield net, contracts(net)


@dataclass
class Bench:
    """All components of one gateway and its follower, each made anew when its process dies."""

    world: World
    door: Door

    def begin(self) -> None:
        self.world.client = Client([self.door.url])
        self.world.restart()
        self.world.follower = Follower(
            self.world.node,
            self.world.client,
            self.world.deployment,
            DEPTH,
            logs=[self.world.log],
        )

    def submit(self) -> None:
        """Send what the client sends again until it has an answer, under one idempotency key."""
        items = body(*(event(serial) for serial in "ABC"))
        self.world.desk.submit(self.world.participant, items, "once")

    def turn(self) -> None:
        """Let everybody do what there is to do for them."""
        self.world.anchorer.hold()
        while self.world.sequencer.step():
            pass
        for _ in range(2):
            self.world.anchorer.step(NOW)
            self.world.follow()
        self.mine(DEPTH)
        self.world.follow()
        self.world.publisher.step()

    def go_around(self) -> None:
        """Let it all come to its end, the client included."""
        self.submit()
        for _ in range(3):
            self.turn()

    def check(self) -> None:
        """Find everything once: submissions, records, anchors, and no transaction that came to nothing."""
        self.world.check()
        assert anchors(self.world) == [3, 7]
        with self.world.loop.begin() as connection:
            stored = connection.execute(text("select sequence, count from ledger.submission")).all()
            records = connection.execute(text("select count(*) from ledger.record")).scalar_one()
        assert sorted(tuple(row) for row in stored) == [(0, 2), (1, 3)]
        assert records == 5
        assert {one.outcome for one in self.world.transactions()} == {"mined"}

    def mine(self, blocks: int) -> None:
        for _ in range(blocks):
            self.world.client.call("evm_mine")

    def strike(self, where: str, what: str, moment: str) -> AbstractContextManager[Fault]:
        """Prepare what goes wrong at this moment of that effect."""
        how, when = moment.split()
        late: When = "after" if when == "after" else "before"
        if where.startswith("commit"):
            superuser = self.world.database.url("superuser")
            return at_commit(what, late, superuser, kills=how == "killed")
        if where == "node":
            return self.door.dropping(what, late)
        first, last = what.split("|")
        return barred(self.world.folder / (last if late == "after" else first))


@pytest.fixture
def bench(chain: tuple[Devnet, Any], database: Any, tmp_path: Path) -> Iterator[Bench]:
    """A log with one submission of two records behind it, its anchor final."""
    net, deployment = chain
    world = World(net, deployment, database, tmp_path / "log", finality=DEPTH)
    world.client.close()
    with Door(net.url) as door:
        made = Bench(world, door)
        made.begin()
        world.submit(2)
        made.turn()
        world.check()
        yield made
    world.close()


def forked(bench: Bench) -> None:
    """Let the chain forget the blocks that hold the newest anchor, and grow others."""
    net = bench.world.net
    before = net.call("evm_snapshot")
    bench.submit()
    bench.world.sequencer.step()
    bench.world.anchorer.step(NOW)
    bench.world.follow()
    assert anchors(bench.world) == [3, 7]
    assert net.call("evm_revert", before) is True
    bench.mine(2)


def unplaced(bench: Bench) -> None:
    """Set the store back to where the last submission was stored and had no place yet."""
    bench.submit()
    bench.turn()
    set_back(bench.world, 3, placed=False)


PREPARED = {"commit, forked": forked, "commit, set back": unplaced}


def anchors(world: World) -> list[int]:
    with world.node.begin() as connection:
        query = text("select size from ledger.anchor where log = :log order by number")
        return [row.size for row in connection.execute(query, {"log": world.log})]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize(("effect", "where", "what"), EFFECTS, ids=[one[0] for one in EFFECTS])
def test_what_goes_wrong_once_is_made_good(bench: Bench, effect, where, what, moment):
    PREPARED.get(where, lambda _: None)(bench)
    with bench.strike(where, what, moment) as fault:
        with pytest.raises((OutageError, Died)):
            bench.go_around()
        assert fault.struck
    if moment.startswith("killed"):
        bench.begin()
    bench.go_around()
    bench.check()


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_that_is_lost_is_asked_for_again(bench: Bench, question):
    with bench.door.dropping(question, "after") as fault:
        # Not every round asks every question.
        for _ in range(5):
            if not fault.struck:
                with suppress(OutageError):
                    bench.go_around()
        assert fault.struck
    bench.go_around()
    bench.check()


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    world = Deployed.open(tmp_path_factory.mktemp("killed") / "world")
    yield world
    world.close()


def superuser(world: Deployed) -> "psycopg.Connection[tuple[Any, ...]]":
    url = world.machine.database_url("superuser").replace("+psycopg", "")
    return psycopg.connect(url, autocommit=True)


@contextmanager
def killed_before(world: Deployed, program: str, table: str) -> Iterator[None]:
    """Kill a program that is about to write into a table: its statement waits for a lock that we hold."""
    with superuser(world) as holder, holder.transaction():
        holder.execute(f"lock table {table} in share row exclusive mode".encode())
        yield
        query = "select from pg_locks where relation = %s::regclass and not granted"
        until(lambda: bool(world.ask(query, table)), f"{program} waits for {table}")
        world.process(program).signal(signal.SIGKILL)


@contextmanager
def killed_after(world: Deployed, program: str, channel: str) -> Iterator[None]:
    """Kill a program as soon as its commit speaks."""
    with superuser(world) as listener:
        listener.execute(f"listen {channel}".encode())
        yield
        assert list(listener.notifies(timeout=30, stop_after=1)), f"{channel} said nothing"
        world.process(program).signal(signal.SIGKILL)


@contextmanager
def killed_between(world: Deployed) -> Iterator[None]:
    """Kill the loop when the node has taken its anchor and the store does not know: what notes it waits for us."""
    with superuser(world) as holder, holder.transaction():
        holder.execute("select pg_advisory_xact_lock(1)")
        with superuser(world) as owner:
            owner.execute(
                "create function public.wait() returns trigger language plpgsql as"
                " 'begin perform pg_advisory_xact_lock(1); return new; end'"
            )
            owner.execute(
                "create trigger waits before update of sent on ledger.tx"
                " for each row execute function public.wait()"
            )
        yield
        query = "select from pg_locks where locktype = 'advisory' and not granted"
        until(lambda: bool(world.ask(query)), "the loop would note what it sent")
        world.process("loop").signal(signal.SIGKILL)
    with superuser(world) as owner:
        owner.execute("drop trigger waits on ledger.tx")
        owner.execute("drop function public.wait")


def through(world: Deployed, killing: AbstractContextManager[None]) -> None:
    """Send a submission until it is taken, as a client does, while a program is killed on its way."""
    serial = stories.serial()
    item = stories.seen(serial)

    def sent() -> bool:
        try:
            return world.post([item], again=serial).status_code == httpx.codes.CREATED
        except httpx.TransportError:
            world.processes.watch()
            return False

    stored = len(world.ask("select from ledger.submission"))
    with ThreadPoolExecutor(1) as pool:
        with killing:
            sending = pool.submit(until, sent, "it is taken")
        sending.result()
    until(lambda: alive(world), "everything runs again")
    world.check()
    assert len(world.ask("select from ledger.submission")) == stored + 1


def alive(world: Deployed) -> bool:
    world.processes.watch()
    try:
        answered = httpx.get(f"{world.where.gateway}/healthz").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
    return answered and all(one.status is None for one in world.processes.children)


@pytest.mark.parametrize(("program", "table", "channel"), KILLS)
def test_a_program_killed_before_it_happened_is_carried_on(deployed, program, table, channel):
    through(deployed, killed_before(deployed, program, table))


@pytest.mark.parametrize(("program", "table", "channel"), [one for one in KILLS if one[2]])
def test_a_program_killed_after_it_happened_is_carried_on(deployed, program, table, channel):
    through(deployed, killed_after(deployed, program, channel))


def test_a_loop_killed_between_sending_and_noting_it_is_carried_on(deployed):
    through(deployed, killed_between(deployed))
