"""The narrow door: what passes, what does not, and how often."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.chain import calls
from indexer.chain.client import Client
from indexer.core.submission import address
from indexer.door import ADDRESSES, MOST, Budget, Door
from tests.indexer.chain.liar import Liar

WHO = "192.0.2.7"


@pytest.fixture
def behind(world):
    """The node behind the door, which remembers what reached it."""
    with Liar(world.net.url) as node:
        yield node


@pytest.fixture
def door(world, behind):
    with Client([behind.url]) as client:
        yield Door(client, world.deployment, 1000)


def ask(door, *questions, one=False):
    batch = [
        {"jsonrpc": "2.0", "id": at, "method": method, "params": params}
        for at, (method, *params) in enumerate(questions)
    ]
    reply = door.answer(msgspec.json.encode(batch[0] if one else batch), WHO)
    return reply.status, msgspec.json.decode(reply.body)


def view(world, contract="trace_log", data="0x" + "ab" * 36, **more):
    return {"to": "0x" + getattr(world.deployment, contract).hex(), "data": data, **more}


def test_a_browsers_questions_pass_in_one_batch(world, door):
    participant, key = world.new_participant()
    question = calls.key_of(world.deployment.participants, address(key))
    status, answers = ask(
        door,
        ("eth_chainId",),
        ("eth_getBlockByNumber", "latest", False),
        ("eth_getBlockByNumber", "0x0", False),
        ("eth_getTransactionReceipt", "0x" + "00" * 32),
        ("eth_call", *question.params),
        ("eth_blockNumber",),
    )
    assert status == 200
    assert [one["id"] for one in answers] == list(range(6))
    assert answers[0]["result"] == hex(world.deployment.chain_id)
    assert answers[2]["result"]["hash"] == "0x" + world.deployment.genesis.hex()
    assert answers[3]["result"] is None
    seen = question.read(msgspec.json.encode(answers[4]["result"]))
    assert seen is not None
    assert seen.participant == participant


def test_one_question_gets_one_answer(door):
    status, answer = ask(door, ("eth_chainId",), one=True)
    assert (status, answer["id"]) == (200, 0)
    assert answer["jsonrpc"] == "2.0"


def test_what_the_contract_refuses_is_said_and_harms_no_other_question(world, door):
    unknown = calls.head(world.deployment.trace_log, bytes(32))
    _, answers = ask(door, ("eth_call", *unknown.params), ("eth_chainId",))
    assert answers[0]["error"]["data"].startswith(unknown.absent)
    assert "result" in answers[1]


FORBIDDEN = [
    ("eth_sendRawTransaction", "0x00"),
    ("eth_getLogs", {}),
    ("eth_getBlockByNumber", "latest", True),
    ("eth_getBlockByNumber", "0x0"),
    ("eth_getBlockByNumber", "pending", False),
    ("eth_getBlockByNumber", "0x" + "1" * 17, False),
    ("eth_getBlockByNumber", 1, False),
    ("eth_getTransactionReceipt", "0x12"),
    ("eth_chainId", 1),
    ("evm_mine",),
    ("hardhat_setBalance", "0x" + "00" * 20, "0x1"),
    ("debug_traceTransaction", "0x" + "00" * 32),
]


@pytest.mark.parametrize("question", FORBIDDEN, ids=lambda one: one[0])
def test_nothing_else_reaches_the_node(door, behind, question):
    _, (answer,) = ask(door, question)
    assert answer["error"]["code"] in (-32601, -32602)
    assert behind.asked == []


def test_only_our_contracts_can_be_called_and_only_read(world, door, behind):
    wrong = [
        ({"to": "0x" + "99" * 20, "data": "0x" + "ab" * 4}, "latest"),
        (view(world, value="0x1"), "latest"),
        ({"data": "0x" + "ab" * 4}, "latest"),
        (view(world, data="0x"), "latest"),
        (view(world, data="0x" + "ab" * 5000), "latest"),
        (view(world), "pending"),
        (view(world), {"blockHash": "0x1"}),
        (view(world), {"blockHash": "0x" + "00" * 32, "requireCanonical": True}),
        (view(world),),
        (view(world), "latest", {"0x" + "99" * 20: {"code": "0x00"}}),
        ("0x",),
    ]
    for params in wrong:
        _, (answer,) = ask(door, ("eth_call", *params))
        assert answer["error"]["code"] == -32602, params
    assert behind.asked == []
    for params in [(view(world), "latest"), (view(world, "participants"), "0x1")]:
        ask(door, ("eth_call", *params))
    assert behind.asked == ["eth_call"] * 2


@pytest.mark.parametrize(
    ("body", "number", "status"),
    [
        (b"", -32700, 200),
        (b"{", -32700, 200),
        (b"[" * 5000, -32700, 200),
        (b"[]", -32600, 200),
        (b"7", -32600, 200),
        (b'{"method":7}', -32600, 200),
        (b'{"id":{},"method":"eth_chainId","params":{}}', -32602, 200),
        (b" " * 65537, -32600, 413),
    ],
)
def test_what_is_no_request_is_answered_as_json_rpc_does(door, body, number, status):
    reply = door.answer(body, WHO)
    assert reply.status == status
    assert msgspec.json.decode(reply.body)["error"]["code"] == number


def test_a_batch_has_at_most_fifty_questions(door, behind):
    status, answers = ask(door, *[("eth_chainId",)] * MOST)
    assert (status, len(answers)) == (200, MOST)
    behind.asked.clear()
    _, answer = ask(door, *[("eth_chainId",)] * (MOST + 1))
    assert answer["error"]["code"] == -32600
    assert behind.asked == []


@given(body=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_something_json_goes_back(door, body):
    assert isinstance(msgspec.json.decode(door.answer(body, WHO).body), dict | list)


def test_a_chain_that_is_away_is_said(world):
    with Client(["http://127.0.0.1:9"]) as nobody:
        status, answers = ask(Door(nobody, world.deployment, 10), ("eth_chainId",), ("evil",))
    assert status == 503
    assert [one["id"] for one in answers] == [0, 1]


def test_who_asks_too_much_waits_and_others_do_not(world, behind):
    with Client([behind.url]) as client:
        door = Door(client, world.deployment, 1)
        assert [ask(door, ("eth_chainId",), one=True)[0] for _ in range(7)] == [200] * 5 + [429] * 2
        elsewhere = door.answer(b'{"id":1,"method":"eth_chainId"}', "198.51.100.1")
        assert elsewhere.status == 200


def test_budgets_refill_are_bounded_and_count_networks():
    now = [0.0]
    budget = Budget(10, lambda: now[0])
    assert budget.spend(WHO, 50)
    assert not budget.spend(WHO, 1)
    now[0] += 0.5
    assert budget.spend(WHO, 5)
    assert not budget.spend(WHO, 1)
    assert budget.spend("2001:db8::1", 50)
    assert not budget.spend("2001:db8::ffff", 1)  # the same /64
    assert budget.spend("2001:db8:0:1::1", 1)
    assert not budget.spend(f"::ffff:{WHO}", 1)  # the same IPv4
    for number in range(ADDRESSES + 10):
        budget.spend(f"host-{number}", 1)
    assert len(budget._left) == ADDRESSES


def test_a_batch_larger_than_all_that_can_be_saved_is_not_refused_for_ever():
    now = [0.0]
    budget = Budget(1, lambda: now[0])
    assert budget.spend(WHO, 50)
    assert not budget.spend(WHO, 50)
    now[0] += 60
    assert budget.spend(WHO, 50)
