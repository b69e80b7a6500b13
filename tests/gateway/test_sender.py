import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from gateway.sender import NonceTakenError, Sender, Signed, count, reverted
from indexer.chain.client import Client, RefusedError
from indexer.core.submission import address
from tests.gateway.making import NOW


@contextmanager
def node(answers):
    """A node of another make: answers each method with what it is told."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            said = [{"jsonrpc": "2.0", "id": one["id"], **answers[one["method"]]} for one in asked]
            found = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(found)))
            self.end_headers()
            self.wfile.write(found)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    client = Client([f"http://127.0.0.1:{server.server_port}"])
    try:
        yield client
    finally:
        client.close()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def sender(world):
    return world.anchorer._sender


def store(world, nonce, raw=b"\x01", size=None):
    made = Signed(nonce, bytes([nonce]) * 32, raw, size, None)
    world.anchorer._sender.store(made, NOW)


def test_the_next_nonce_is_after_all_that_are_ours_or_mined(world, sender):
    assert sender.next_nonce(0) == 0
    assert sender.next_nonce(7) == 7
    store(world, 9)
    assert sender.next_nonce(7) == 10


def test_a_nonce_is_given_once(world, sender):
    store(world, 3)
    with pytest.raises(NonceTakenError):
        store(world, 3, b"\x02")
    [one] = world.transactions()
    assert one.raw == b"\x01"


def test_the_newest_anchor_counts_and_what_does_nothing_does_not(world, sender):
    assert sender.last_anchor() is None
    store(world, 0, size=5)
    store(world, 1)
    assert sender.last_anchor() == NOW


def test_the_count_of_nonces_is_that_of_mined_transactions(world):
    who = address(world.operator)
    assert world.client.ask(count(who)) == 0
    world.spend(0)
    assert world.client.ask(count(who)) == 1


def with_answers(world, client):
    return Sender(world.loop, client, world.term, address(world.operator))


@pytest.mark.parametrize(
    "message",
    [
        "already known",
        "Known transaction",
        "Transaction nonce too low",
        "nonce too low: next nonce 5, tx nonce 3",
        "Nonce too low. Expected nonce to be 1 but got 0.",
        "ALREADY_EXISTS: already known",
        "AlreadyKnown",
    ],
)
def test_what_a_node_has_already_is_no_failure(world, message):
    store(world, 0)
    with node(
        {"eth_sendRawTransaction": {"error": {"code": -32000, "message": message}}}
    ) as client:
        assert with_answers(world, client).send(0, NOW) == 1
    [one] = world.transactions()
    assert (one.attempts, one.sent) == (1, NOW)


def test_another_refusal_is_an_outage_and_no_sending(world):
    store(world, 0)
    refusal = {"error": {"code": -32000, "message": "insufficient funds for gas * price + value"}}
    with (
        node({"eth_sendRawTransaction": refusal}) as client,
        pytest.raises(RefusedError, match="funds"),
    ):
        with_answers(world, client).send(0, NOW)
    [one] = world.transactions()
    assert (one.attempts, one.sent) == (0, None)


def test_a_network_with_a_base_fee_is_paid_by_it(world, sender):
    fees = sender.fees()
    assert fees["type"] == 2
    assert fees["maxFeePerGas"] >= fees["maxPriorityFeePerGas"] >= 0


@pytest.mark.parametrize(
    ("price", "block", "fees"),
    [
        ("0x0", {}, {"gasPrice": 0}),
        ("0x3e8", {}, {"gasPrice": 1000}),
        (
            "0x0",
            {"baseFeePerGas": "0x0"},
            {"type": 2, "maxFeePerGas": 0, "maxPriorityFeePerGas": 0},
        ),
        (
            "0x9",
            {"baseFeePerGas": "0x7"},
            {"type": 2, "maxFeePerGas": 16, "maxPriorityFeePerGas": 2},
        ),
        (
            "0x1",
            {"baseFeePerGas": "0x7"},
            {"type": 2, "maxFeePerGas": 14, "maxPriorityFeePerGas": 0},
        ),
    ],
)
def test_fees_are_what_the_network_asks_and_nothing_where_it_asks_nothing(
    world, price, block, fees
):
    answers = {"eth_gasPrice": {"result": price}, "eth_getBlockByNumber": {"result": block}}
    with node(answers) as client:
        assert with_answers(world, client).fees() == fees


@pytest.mark.parametrize(
    ("error", "refused_by_contract"),
    [
        ({"number": 3, "message": "execution reverted", "data": "0x2b2771cf"}, True),
        (
            {"number": -32000, "message": "VM Exception: reverted with a custom error", "data": ""},
            True,
        ),
        ({"number": -32005, "message": "limit exceeded", "data": ""}, False),
        ({"number": -32000, "message": "header not found", "data": ""}, False),
    ],
)
def test_a_contracts_refusal_is_told_from_a_nodes(error, refused_by_contract):
    assert reverted(RefusedError(endpoint="e", method="m", **error)) is refused_by_contract


def test_settling_asks_about_nothing_when_nothing_is_open(world):
    store(world, 5)
    with node({}) as client:
        [live] = with_answers(world, client).settle(5)
    assert live.nonce == 5
