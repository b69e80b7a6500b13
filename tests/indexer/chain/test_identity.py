"""The right chain is let through, and asked again at every check."""

from dataclasses import replace

import pytest

from gateway.devnet import Devnet
from indexer.chain.client import Client
from indexer.chain.identity import Identity, WrongChainError
from tests.indexer.chain.liar import Liar


def test_the_right_chain_passes_and_its_newest_block_is_returned(world, client):
    assert Identity(client, world.deployment).check() == client.header_at("latest")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"chain_id": 5}, "the chain id is 31337, 5 was expected"),
        ({"genesis": b"\1" * 32}, "the genesis block is .* " + "01" * 32 + " was expected"),
        ({"trace_log": bytes(20)}, "the code of TraceLog at 0{40} is 0 bytes"),
        ({"participants": bytes(20)}, "the code of Participants"),
    ],
)
def test_a_wrong_chain_is_refused_with_what_was_expected(world, client, change, said):
    with pytest.raises(WrongChainError, match=said) as caught:
        Identity(client, replace(world.deployment, **change)).check()
    assert "suyuan log carry-on" in str(caught.value)


def test_code_is_read_once_for_each_endpoint_but_the_genesis_every_time(world):
    with Liar(world.net.url) as node, Client([node.url]) as client:
        identity = Identity(client, world.deployment)
        for _ in range(3):
            identity.check()
        assert node.asked.count("eth_getCode") == 2
        assert node.asked.count("eth_chainId") == 3


def test_a_node_exchanged_behind_its_address_is_noticed(world, tmp_path):
    with Devnet.start(tmp_path) as other, Client([world.net.url]) as client:
        identity = Identity(client, world.deployment)
        identity.check()
        client._urls[0] = other.url
        with pytest.raises(WrongChainError, match="genesis"):
            identity.check()
