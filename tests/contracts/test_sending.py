"""A call is mined or says why not; a key comes only from a file that nobody else can read."""

import socket
from pathlib import Path

import pytest
from hexbytes import HexBytes
from web3.exceptions import ContractCustomError, ContractLogicError

from contracts import sending
from indexer.core.errors import EXIT, OutageError, outside
from tests.contracts.world import World


def written(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_key_is_read_from_a_closed_file(tmp_path: Path):
    assert sending.read_key(written(tmp_path / "key", "0a" * 32 + "\n")) == b"\x0a" * 32


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path, mode: int):
    with pytest.raises(sending.KeyFileError, match="chmod 600"):
        sending.read_key(written(tmp_path / "key", "0a" * 32, mode))


@pytest.mark.parametrize("text", ["", "0a" * 31, "0A" * 32, "0x" + "0a" * 32, "zz" * 32, "é" * 64])
def test_a_key_file_without_a_key_is_refused_and_not_quoted(tmp_path: Path, text: str):
    with pytest.raises(sending.KeyFileError) as caught:
        sending.read_key(written(tmp_path / "key", text))
    assert not text or text not in str(caught.value)


def test_a_refusal_names_the_contracts_error_and_its_arguments(world: World):
    log = b"\5" * 32
    with pytest.raises(sending.RefusedError) as caught:
        world.send("admin", world.log.functions.close(log, 0, bytes(32)))
    assert caught.value.facts["error"] == "TraceLogUnknown"
    assert caught.value.facts["arguments"] == {"log": log.hex()}
    assert log.hex() in str(caught.value)


def test_of_two_calls_for_one_place_one_is_sent(world: World):
    participant, _ = world.new_participant()
    hand, functions = world.hands["registrar"], world.participants.functions
    account = hand.web3.to_checksum_address(world.address("registrar"))
    place = hand.web3.eth.get_transaction_count(account)
    suspend = functions.suspend(participant.bytes)
    sent = sending.post(hand.web3, suspend, hand.key, place)
    assert hand.web3.eth.get_transaction_receipt(HexBytes(sent))["status"] == 1
    with pytest.raises(sending.NodeAwayError):
        sending.post(hand.web3, functions.reinstate(participant.bytes), hand.key, place)
    assert functions.participantOf(participant.bytes).call()[2] == 2


def test_every_error_of_the_contracts_can_be_named():
    for name in ("TraceLog", "Participants"):
        for entry in sending.artifact(name).abi:
            if entry["type"] == "error":
                zeros = bytes(32 * len(entry["inputs"]))
                data = "0x" + (sending._selector(entry) + zeros).hex()
                refusal = sending.refusal(ContractCustomError(data, data=data))
                assert refusal.facts["error"] == entry["name"]
                assert isinstance(refusal.facts["arguments"], dict)
                assert list(refusal.facts["arguments"]) == [one["name"] for one in entry["inputs"]]


@pytest.mark.parametrize("data", [None, "0x", "0xdeadbeef", {"message": "no data"}])
def test_what_is_no_error_of_ours_keeps_the_nodes_words(data):
    refusal = sending.refusal(ContractLogicError("execution reverted", data=data))
    assert refusal.facts["error"] == "execution reverted"


def test_a_node_that_is_away_is_an_outage(world: World):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    web3 = sending.connect(f"http://127.0.0.1:{port}")
    contract = sending.contract(web3, "TraceLog", world.deployment.trace_log)
    with pytest.raises(sending.NodeAwayError) as caught:
        sending.send(web3, contract.functions.close(bytes(32), 0, bytes(32)), b"\1" * 32)
    assert isinstance(caught.value, OutageError)
    assert outside(EXIT, caught.value) == 75
