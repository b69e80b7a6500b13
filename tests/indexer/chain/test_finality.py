import pytest

from indexer.chain import finality
from indexer.chain.finality import UnknownFinalityError


@pytest.mark.parametrize(
    ("said", "meant"), [("immediate", "immediate"), ("finalized", "finalized"), ("12", 12), (0, 0)]
)
def test_finality_is_a_word_or_a_depth(said, meant):
    assert finality.parse(said) == meant


@pytest.mark.parametrize("said", ["", "soon", "-1", -1, True, None, 1.5, "１２", "1e3", 2**31])
def test_anything_else_is_refused(said):
    with pytest.raises(UnknownFinalityError):
        finality.parse(said)


def test_a_depth_leaves_the_newest_blocks_out_and_never_goes_below_the_genesis(client):
    assert finality.highest(client, "immediate", 10) == 10
    assert finality.highest(client, 4, 10) == 6
    assert finality.highest(client, 40, 10) == 0


def test_the_chain_itself_may_say(client):
    latest = client.header_at("latest").number
    assert 0 <= finality.highest(client, "finalized", latest) <= latest
    assert finality.highest(client, "finalized", 1) <= 1
