from copy import deepcopy
from dataclasses import replace

import pytest

from indexer.core.canonical import encode
from indexer.core.reading import MisshapenError
from indexer.core.sighting import Sighting, Witnesses
from indexer.core.verdict import State
from tests.indexer.core.proof_case import LAST, TALE, WORLD, at
from tests.indexer.core.proof_world import ASSOCIATION, OPERATOR, REGULATOR

GOOD = WORLD.sighting()
KEY = TALE.maker.key.hex()
BUNDLE = WORLD.bundle(TALE.made)
UNSEEN = replace(GOOD, anchor=None, final=0)
DENIED = replace(GOOD, anchor=None)


def witnesses(*sightings):
    return Witnesses(BUNDLE, WORLD.trust(), sightings)


@pytest.mark.parametrize("seen", [GOOD, replace(GOOD, anchor=None, closed=7)])
def test_a_sighting_comes_back_from_its_bytes(seen):
    assert Sighting.from_json(seen.to_json()) == seen


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("/format", "suyuan/sighting/v2"),
        ("/party", ""),
        ("/chainId", None),
        ("/final", -1),
        ("/anchor/root", "00"),
        ("/closed", "7"),
        ("/keys", []),
        (f"/keys/{KEY}/custodial", 1),
        (f"/keys/{KEY}/revoked", False),
        (f"/keys/{KEY}/participant", KEY),
        (f"/participants/{TALE.maker.id}/status", "gone"),
        (f"/participants/{TALE.maker.id}/name", None),
    ],
)
def test_what_is_amiss_is_named(place, value):
    members = deepcopy(GOOD.members())
    at(members, place[1:].replace("/", "."), value)
    with pytest.raises(MisshapenError) as raised:
        Sighting.from_json(encode(members))
    assert raised.value.place == place


def test_names_that_are_no_addresses_are_refused():
    for name in (KEY[:-1], KEY.upper(), "0x" + KEY[2:]):
        members = deepcopy(GOOD.members())
        keys = members["keys"]
        assert isinstance(keys, dict)
        keys[name] = keys.pop(KEY)
        with pytest.raises(MisshapenError):
            Sighting.from_json(encode(members))


@pytest.mark.parametrize(
    ("sightings", "state", "reason", "parties"),
    [
        ([], State.UNCHECKED, "NO_SIGHTING", []),
        ([GOOD], State.VERIFIED, None, [REGULATOR]),
        ([GOOD, GOOD], State.VERIFIED, None, [REGULATOR]),
        ([UNSEEN, replace(GOOD, party=ASSOCIATION)], State.VERIFIED, None, [ASSOCIATION]),
        ([UNSEEN], State.UNCHECKED, "ANCHOR_UNSEEN", [REGULATOR]),
        ([GOOD, replace(DENIED, party=ASSOCIATION)], State.ALTERED, "ANCHOR_ABSENT", [ASSOCIATION]),
        ([replace(GOOD, final=19), UNSEEN], State.PENDING, "ANCHOR_NOT_FINAL", [REGULATOR]),
        ([replace(GOOD, party=OPERATOR)], State.UNCHECKED, "OWN_WORD", [OPERATOR]),
        # The operator's denial counts for nothing beside another party's word.
        ([replace(DENIED, party=OPERATOR), GOOD], State.VERIFIED, None, [REGULATOR]),
        ([replace(GOOD, party=OPERATOR), UNSEEN], State.UNCHECKED, "ANCHOR_UNSEEN", [REGULATOR]),
    ],
)
def test_what_several_words_come_to(sightings, state, reason, parties):
    step = witnesses(*sightings).anchor()
    assert (step.state, step.reason) == (state, reason)
    assert step.facts == LAST.members() | {"parties": parties}


def test_the_registry_speaks_through_the_first_sighting_that_counts():
    (entry,) = BUNDLE.records
    other = replace(GOOD, party=ASSOCIATION, participants={})
    assert witnesses(other, GOOD).key(entry).facts["name"] is None
    assert witnesses(GOOD, other).key(entry).facts["name"] == TALE.maker.name
    assert witnesses(replace(other, chain_id=1), GOOD).key(entry).facts["custodial"] is True


def test_a_key_of_a_pending_record_may_be_younger_than_the_anchor():
    (entry,) = WORLD.bundle(TALE.late).records
    key = replace(GOOD.keys[TALE.dealer.key], admitted=LAST.block.number + 1)
    seen = replace(GOOD, keys={**GOOD.keys, TALE.dealer.key: key})
    assert witnesses(seen).key(entry).state is State.VERIFIED
    (logged,) = WORLD.bundle(TALE.sold).records
    assert witnesses(seen).key(logged).reason == "KEY_LATE"
