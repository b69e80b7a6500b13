"""How fast the follower reads a chain it has not seen: a measurement for the bench."""

import tempfile
import time
from pathlib import Path

from gateway.devnet import Devnet
from gateway.machine import Machine
from indexer.chain.client import Client
from indexer.core import merkle
from indexer.follower import Follower
from indexer.store import migrate
from indexer.store.engine import engine
from tests.contracts.world import World

ANCHORS = 400


def measure(machine: Machine) -> dict[str, float]:
    """Anchor a growing log, then follow it from nothing into a fresh database."""
    with tempfile.TemporaryDirectory() as folder, Devnet.start(Path(folder)) as net:
        world = World.on(net)
        _grow(world)
        machine.server.ensure_database("bench_follow")
        store = engine(machine.server.superuser_url("bench_follow"))
        migrate.upgrade(store)
        begin = time.perf_counter()
        with Client([net.url]) as client:
            follower = Follower(store, client, world.deployment)
            while follower.step() != "idle":
                pass
        took = time.perf_counter() - begin
        with store.connect() as connection:
            seen = connection.exec_driver_sql("select count(*) from ledger.anchor").scalar_one()
        store.dispose()
    assert seen == ANCHORS
    return {"anchors followed per second": ANCHORS / took}


def _grow(world: World) -> None:
    log = world.new_log()
    leaves: list[bytes] = []
    for number in range(ANCHORS):
        leaves.append(merkle.leaf_hash(str(number).encode()))
        path = merkle.consistency(number, leaves)
        world.send("operator", world.anchoring(log, number + 1, merkle.root(leaves), path))
