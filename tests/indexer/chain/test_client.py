"""The client against real nodes, silent ones, and ones that talk nonsense."""

import itertools
import socket
import threading
import time

import pytest

from indexer.chain import calls
from indexer.chain.client import Client, NonsenseError, RefusedError, UnreachableError
from tests.indexer.chain.liar import Liar

NOBODY = "http://127.0.0.1:9"


def test_the_chain_tells_what_it_is(world, client):
    assert client.chain_id() == world.deployment.chain_id
    assert client.genesis() == world.deployment.genesis
    assert len(client.code(world.deployment.trace_log)) > 1000
    assert client.code(bytes(20)) == b""


def test_headers_come_in_order_and_only_those_there_are(client):
    latest = client.header_at("latest")
    found = client.headers(0, latest.number + 3)
    assert [one.number for one in found] == list(range(latest.number + 1))
    assert all(b.parent == a.hash for a, b in itertools.pairwise(found))


def test_long_batches_travel_in_parts_and_keep_their_order(world):
    with Liar(world.net.url, "shuffle") as node, Client([node.url], batch=7) as client:
        assert [one.number for one in client.headers(0, 3)] == [0, 1, 2, 3]
        node.asked.clear()
        client.ask_all([calls.header(0)] * 20)
        assert len(node.asked) == 20


def test_the_next_endpoint_answers_when_one_does_not(world):
    with Client([NOBODY, world.net.url]) as client:
        assert client.endpoint == NOBODY
        assert client.chain_id() == world.deployment.chain_id
        assert client.endpoint == world.net.url


@pytest.mark.parametrize("lie", ["status", "html", "forget", "single"])
def test_an_endpoint_that_talks_nonsense_is_named_and_left(world, lie):
    wrong = (NonsenseError, UnreachableError, RefusedError)
    with (
        Liar(world.net.url, lie) as liar,
        Client([liar.url]) as client,
        pytest.raises(wrong, match=liar.url),
    ):
        client.ask_all([calls.chain_id(), calls.block_number()])
    if lie != "single":
        with Liar(world.net.url, lie) as liar, Client([liar.url, world.net.url]) as client:
            assert client.chain_id() == world.deployment.chain_id


def test_an_answer_has_a_limit_of_size(world):
    with (
        Liar(world.net.url, "long") as liar,
        Client([liar.url], limit=1000) as client,
        pytest.raises(UnreachableError, match="too long"),
    ):
        client.chain_id()


def test_a_slow_drip_does_not_outwit_the_time_limit():
    """One byte now and then keeps every single read within its time."""
    server = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def drip() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
            while not over.is_set():
                try:
                    connection.sendall(b" ")
                except OSError:
                    return
                over.wait(0.1)

    thread = threading.Thread(target=drip)
    thread.start()
    started = time.monotonic()
    url = f"http://127.0.0.1:{server.getsockname()[1]}"
    with Client([url], timeout=0.5) as client, pytest.raises(UnreachableError):
        client.chain_id()
    assert time.monotonic() - started < 5
    over.set()
    thread.join()
    server.close()


def test_what_a_node_refuses_is_told_apart_and_not_asked_elsewhere(world):
    with Liar(world.net.url) as second, Client([world.net.url, second.url]) as client:
        with pytest.raises(RefusedError) as refused:
            client.call("eth_noSuchThing")
        assert refused.value.number < 0
        assert second.asked == []
        assert client.endpoint == world.net.url


def test_a_revert_carries_its_data(world, client):
    question = calls.head(world.deployment.trace_log, bytes(32))
    plain = calls.Call(question.method, question.params, question.read)
    with pytest.raises(RefusedError) as refused:
        client.ask(plain)
    assert refused.value.data.startswith(question.absent)


def test_relayed_questions_fail_one_by_one(client):
    found = client.relay([("eth_chainId", ()), ("eth_noSuchThing", ()), ("eth_blockNumber", ())])
    assert isinstance(found[1], RefusedError)
    assert [isinstance(one, bytes) for one in found] == [True, False, True]


def test_passwords_in_a_url_stay_out_of_names_and_messages():
    with Client(["http://someone:secret@127.0.0.1:9/path?token=hidden"]) as client:
        assert client.endpoint == NOBODY
        with pytest.raises(UnreachableError) as away:
            client.chain_id()
        assert "secret" not in str(away.value)
        assert "hidden" not in str(away.value)


def test_without_endpoints_nothing_is_asked():
    with Client([]) as client, pytest.raises(UnreachableError, match="no endpoint"):
        client.chain_id()
