from copy import deepcopy

import pytest

from indexer.core.canonical import encode
from indexer.core.reading import MisshapenError
from indexer.core.trust import Trust
from tests.indexer.core.proof_case import WORLD, at

GOOD = WORLD.trust()


def test_trust_comes_back_from_its_bytes():
    assert Trust.from_json(GOOD.to_json()) == GOOD


@pytest.mark.parametrize("finality", ["immediate", "finalized", 0, 12])
def test_every_way_of_finality(finality):
    members = GOOD.members() | {"finality": finality}
    assert Trust.from_json(encode(members)).finality == finality


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("/format", "suyuan/trust/v2"),
        ("/chainId", "31337"),
        ("/genesis", "0x00"),
        ("/traceLog", "11" * 32),
        ("/participants", None),
        ("/logs/0/key", "log.example/suyuan+00000000+AAAA"),
        ("/logs/0/operator", ""),
        ("/finality", "soon"),
        ("/finality", -1),
        ("/finality", True),
        ("/finality", 1.5),
        ("/witnesses", {}),
        ("/rpc/0/party", None),
        ("/rpc/1/url", 7),
    ],
)
def test_what_is_amiss_is_named(place, value):
    members = deepcopy(GOOD.members())
    at(members, place[1:].replace("/", "."), value)
    with pytest.raises(MisshapenError) as raised:
        Trust.from_json(encode(members))
    assert raised.value.place == place


def test_logs_are_found_by_their_whole_origin():
    assert [log.operator for log in GOOD.of(WORLD.origin)] == ["platform"]
    assert GOOD.of(WORLD.origin[:-1]) == []
