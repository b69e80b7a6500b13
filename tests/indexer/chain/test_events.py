"""Events sliced by hand, held to web3.py's reading of the same logs."""

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from web3 import Web3

from indexer.chain import events
from indexer.chain.events import Administration, Anchored, Registration
from indexer.core import merkle
from indexer.core.submission import address
from tests.contracts.world import World

HEX = st.binary(max_size=160).map(lambda data: "0x" + data.hex())


def test_every_event_reads_as_web3_reads_it(world, client):
    first = client.header_at("latest").number + 1
    log = world.new_log()
    leaves = [merkle.leaf_hash(bytes([i])) for i in range(5)]
    world.send("operator", world.anchoring(log, 2, merkle.root(leaves[:2]), []))
    proof = merkle.consistency(2, leaves)
    world.send("operator", world.anchoring(log, 5, merkle.root(leaves), proof))
    participant, key = world.new_participant()
    other = bytes([3]) * 32
    possession = world.possession(participant, other)
    consent = world.consent(participant, other, False, key)
    hand = world.hands["registrar"]
    hand.add_key(
        participant, address(other), custodial=False, possession=possession, consent=consent
    )
    hand.suspend(participant)
    hand.reinstate(participant)
    hand.revoke(address(key), 9)
    last = client.header_at("latest").number
    told = client.events(world.deployment, first, last)

    oracle = world.log.events.Anchored().get_logs(from_block=first, to_block=last)
    ours = [one for one in told if isinstance(one, Anchored)]
    assert len(ours) == len(oracle) == 2
    for one, seen in zip(ours, oracle, strict=True):
        args = seen["args"]
        assert (one.log, one.number) == (args["log"], args["number"])
        assert (one.old_size, one.size, one.root) == (args["oldSize"], args["size"], args["root"])
        assert one.block_number == seen["blockNumber"]
        assert one.block_hash == bytes(seen["blockHash"])
        assert one.tx_hash == bytes(seen["transactionHash"])
        assert one.log_index == seen["logIndex"]

    theirs = []
    for name in ("Admitted", "KeyAdded", "KeyRevoked", "Suspended", "Reinstated"):
        theirs += world.participants.events[name]().get_logs(from_block=first, to_block=last)
    theirs.sort(key=lambda seen: (seen["blockNumber"], seen["logIndex"]))
    registered = [one for one in told if isinstance(one, Registration)]
    assert [one.event for one in registered] == [seen["event"] for seen in theirs]
    for mine, seen in zip(registered, theirs, strict=True):
        args = seen["args"]
        assert mine.participant.bytes == args["participant"]
        assert mine.name == args.get("name")
        assert mine.credit_code == args.get("creditCode")
        assert mine.custodial == args.get("custodial")
        assert mine.next_sequence == args.get("nextSequence")
        assert ("0x" + mine.key.hex() if mine.key else None) == (
            args["key"].lower() if "key" in args else None
        )


def test_every_act_of_an_administrator_reads_as_web3_reads_it(devnet, client):
    world = World.on(
        devnet
    )  # contracts of its own: a changed role is a finding for whoever shares them
    first = client.header_at("latest").number + 1
    hand, role, stranger = world.hands["admin"], b"\5" * 32, world.address("stranger")
    log = world.new_log(5, b"\6" * 32)
    parties = (world.address("operator"), bytes(range(32)), stranger)
    hand.rotate(log, *parties)
    hand.close(log, 4, b"\7" * 32)
    for contract in (world.log, world.participants):
        for act in ("grantRole", "revokeRole"):
            account = Web3.to_checksum_address(stranger)
            world.send("admin", contract.functions[act](role, account))
    last = client.header_at("latest").number
    told = client.events(world.deployment, first, last)
    acts = [one for one in told if isinstance(one, Administration)]
    theirs = []
    for contract, name in ((world.log, "TraceLog"), (world.participants, "Participants")):
        kinds = ["RoleGranted", "RoleRevoked", "RoleAdminChanged"]
        kinds += ["Opened", "Rotated", "Closed"] if name == "TraceLog" else []
        for kind in kinds:
            for seen in contract.events[kind]().get_logs(from_block=first, to_block=last):
                theirs.append((name, seen))
    theirs.sort(key=lambda one: (one[1]["blockNumber"], one[1]["logIndex"]))
    assert len(acts) == len(theirs) == 7
    for mine, (contract, seen) in zip(acts, theirs, strict=True):
        assert (mine.contract, mine.event) == (contract, seen["event"])
        assert (mine.block_number, mine.log_index) == (seen["blockNumber"], seen["logIndex"])
        assert mine.facts == {name: plain(value) for name, value in seen["args"].items()}


def plain(value):
    if isinstance(value, bytes):
        return value.hex()
    return value.removeprefix("0x").lower() if isinstance(value, str) else value


def test_the_time_of_a_recovery_is_read(world, client):
    participant, _ = world.new_participant()
    key = bytes([9]) * 32
    possession = world.possession(participant, key)
    hand = world.hands["registrar"]
    hand.request_recovery(participant, address(key), custodial=False, possession=possession)
    first = client.header_at("latest").number + 1
    world.hands["regulator"].approve_recovery(participant, address(key))
    (mine,) = client.events(world.deployment, first, first)
    (seen,) = world.participants.events.RecoveryApproved().get_logs(from_block=first)
    assert (mine.event, mine.ready_at) == ("RecoveryApproved", seen["args"]["readyAt"])
    hand.cancel_recovery(participant)


def test_what_was_said_of_one_participant_can_be_asked_alone(world, client):
    first = client.header_at("latest").number + 1
    mine, _ = world.new_participant()
    world.new_participant()
    world.hands["registrar"].suspend(mine)
    told = client.ask(events.registrations(world.deployment, mine, first))
    assert [one.event for one in told] == ["Admitted", "KeyAdded", "Suspended"]
    assert {one.participant for one in told} == {mine}
    (last,) = client.ask(events.registrations(world.deployment, mine, told[-1].block_number))
    assert last.event == "Suspended"


def test_a_transactions_anchors_are_read_from_its_receipt(world, client):
    log = world.new_log()
    receipt = world.send("operator", world.anchoring(log, 1, merkle.leaf_hash(b"x"), []))
    transaction = bytes(receipt["transactionHash"])
    (one,) = client.ask(events.anchors_in(world.deployment.trace_log, transaction))
    assert (one.log, one.size, one.tx_hash) == (log, 1, transaction)
    assert client.ask(events.anchors_in(world.deployment.participants, transaction)) == []
    assert client.ask(events.anchors_in(world.deployment.trace_log, bytes(32))) == []


def test_a_log_of_another_contract_is_nonsense(world):
    entry = raw(address="0x" + "99" * 20)
    with pytest.raises(ValueError, match="a contract of ours"):
        events.decode([entry], world.deployment)


def test_other_events_of_our_contracts_are_skipped(world):
    role = "0x" + "12" * 32
    where = world.deployment
    for contract in (where.trace_log, where.participants):
        entry = raw(address="0x" + contract.hex(), topics=[role])
        assert events.decode([entry, raw("0x" + contract.hex(), topics=[])], where) == []


@given(
    topics=st.lists(HEX, max_size=4),
    data=HEX,
    kind=st.sampled_from([events.ANCHORED, *sorted(events._REGISTRATIONS), *sorted(events._ACTS)]),
)
def test_whatever_an_event_holds_it_is_read_or_refused(topics, data, kind):
    entry = raw("0x" + "11" * 20, topics=["0x" + kind.hex(), *topics], data=data)
    with contextlib.suppress(ValueError):
        events.anchored(entry)
    with contextlib.suppress(ValueError):
        events.registration(entry)
    with contextlib.suppress(ValueError):
        events.administration(entry, "TraceLog")


def raw(address: str, topics: list[str] | None = None, data: str = "0x") -> events.Log:
    entry = {
        "address": address,
        "topics": topics or [],
        "data": data,
        "blockNumber": "0x1",
        "blockHash": "0x" + "aa" * 32,
        "logIndex": "0x0",
        "transactionHash": "0x" + "bb" * 32,
    }
    return msgspec.json.decode(msgspec.json.encode(entry), type=events.Log)
