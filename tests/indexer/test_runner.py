"""Turns of follower and reconciler, on a chain that goes away and comes back."""

import threading
from dataclasses import replace

import pytest
import structlog
from structlog.testing import capture_logs

from indexer.chain.client import Client
from indexer.chain.identity import WrongChainError
from indexer.follower import Follower
from indexer.reconciler import Reconciler
from indexer.runner import LONGEST_WAIT, Runner
from indexer.store import findings
from tests.indexer.chain.liar import Liar
from tests.indexer.test_reconciler import NOW


def made(node, client, book, deployment=None) -> Runner:
    where = deployment or book.world.deployment
    follower = Follower(node, client, where)
    return Runner(follower, Reconciler(node, client, where, book.origin), lambda: NOW, 0.5)


@pytest.fixture(autouse=True)
def fresh_log():
    structlog.reset_defaults()


def test_the_follower_goes_on_at_once_while_there_is_more_and_then_waits(node, client, book):
    book.grow(1)
    runner = made(node, client, book)
    waits = [runner.turn() for _ in range(4)]
    assert waits[:2] == [0.0, 0.0]
    assert waits[-1] == 0.5


def test_an_outage_is_said_once_and_waited_out_longer_each_time(node, world, book):
    with Liar(world.net.url) as node_rpc, Client([node_rpc.url]) as client:
        runner = made(node, client, book)
        node_rpc.lie = "status"
        with capture_logs() as logs:
            waits = [runner.turn() for _ in range(9)]
            assert waits[:3] == [0.5, 1.0, 2.0]
            assert waits[-1] == LONGEST_WAIT
            node_rpc.lie = ""
            runner.turn()
        assert [one["event"] for one in logs] == ["away", "back"]
        node_rpc.lie = "status"
        assert runner.turn() == 0.5


def test_the_store_is_looked_at_while_the_chain_is_away(node, world, book, follow):
    ids = book.grow(1)
    follow()
    book.tamper("delete from ledger.record where id = :id", id=ids[0])
    with Client(["http://127.0.0.1:9"]) as nobody, capture_logs() as logs:
        made(node, nobody, book).turn()
    assert [one["record"] for one in logs if one["event"] == "finding"] == [str(ids[0])]


def test_a_finding_is_logged_once_however_often_it_is_met(node, client, book, follow):
    ids = book.grow(1)
    follow()
    book.tamper("delete from ledger.record where id = :id", id=ids[0])
    runner = made(node, client, book)
    with capture_logs() as logs:
        for _ in range(4):
            runner.turn()
    assert [one["event"] for one in logs] == ["finding"]


def test_what_no_retry_mends_is_written_down_and_raised(node, client, book):
    wrong = replace(book.world.deployment, genesis=bytes(32))
    with capture_logs(), pytest.raises(WrongChainError):
        made(node, client, book, wrong).turn()
    with node.connect() as connection:
        (seen,) = findings.read(connection)
    assert seen.finding.name == ("CHAIN_REPLACED", "chain")
    assert seen.finding.facts["expected"] == "00" * 32


def test_it_runs_until_told_to_stop(node, client, book):
    book.grow(1)
    stop = threading.Event()
    runner = made(node, client, book)
    thread = threading.Thread(target=runner.run, args=(stop,))
    thread.start()
    try:
        assert thread.is_alive()
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()
