from copy import deepcopy

import pytest

from indexer.core import canonical
from indexer.core.bundle import Bundle
from indexer.core.canonical import encode
from indexer.core.reading import MisshapenError
from tests.indexer.core import make_proof_vectors
from tests.indexer.core.proof_case import GONE, TALE, WORLD
from tests.indexer.core.vector_file import cases

GOOD = WORLD.bundle(TALE.made, TALE.inspected, TALE.late, missing=[GONE])


def test_a_bundle_comes_back_from_its_bytes():
    assert Bundle.from_json(GOOD.to_json()).to_json() == GOOD.to_json()
    again = Bundle.from_json(GOOD.to_json())
    assert (again.anchor, again.checkpoint, again.origin) == (
        GOOD.anchor,
        GOOD.checkpoint,
        GOOD.origin,
    )
    assert [entry.id for entry in again.records] == [entry.id for entry in GOOD.records]
    assert again.records[2].logged is None


@pytest.mark.parametrize("case", cases(make_proof_vectors.FILE, "refuse"), ids=lambda c: c["name"])
def test_what_is_no_bundle_is_refused_at_its_place(case):
    with pytest.raises(MisshapenError) as raised:
        Bundle.from_json(encode(case["bundle"]))
    assert raised.value.place == case["place"]


@pytest.mark.parametrize("member", ["origin", "checkpoint", "anchor", "records", "missing"])
def test_every_member_must_be_there(member):
    members = deepcopy(GOOD.members())
    del members[member]
    with pytest.raises(MisshapenError) as raised:
        Bundle.from_json(encode(members))
    assert raised.value.place == f"/{member}"


def test_a_bundle_is_as_deep_as_its_contents_need_and_no_deeper():
    for depth, fits in ((31, True), (32, False)):
        members = deepcopy(GOOD.members())
        nest: canonical.Json = []
        for _ in range(depth - 1):
            nest = [nest]
        entry = members["records"]
        assert isinstance(entry, list)
        assert isinstance(entry[0], dict)
        entry[0]["content"] = {"body": nest}
        if fits:
            assert Bundle.from_json(encode(members)).records[0].content == {"body": nest}
        else:
            with pytest.raises(canonical.TooDeepError):
                Bundle.from_json(encode(members))
