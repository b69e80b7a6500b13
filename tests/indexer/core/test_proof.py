import contextlib
import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.core import proof
from indexer.core.bundle import Bundle
from indexer.core.canonical import encode
from indexer.core.errors import InputError
from indexer.core.proof import check
from indexer.core.sighting import Sighting
from indexer.core.trust import Trust
from indexer.core.verdict import State
from tests.indexer.core import make_proof_vectors, proof_world
from tests.indexer.core.proof_case import LAST, TALE, WORLD
from tests.indexer.core.proof_world import HEATER, OPERATOR
from tests.indexer.core.vector_file import cases

FILE = make_proof_vectors.FILE
TRUST = WORLD.trust()
SEEN = [WORLD.sighting()]
WHOLE = WORLD.bundle(*TALE.life, TALE.packed, TALE.shipped, TALE.stacked).members()


def judged(members: object, code: str = HEATER) -> proof.Verdict:
    return check(Bundle.from_json(encode(members)), code, TRUST, SEEN)


def test_the_committed_vectors_are_what_their_maker_computes():
    assert FILE.read_bytes() == make_proof_vectors.written()


@pytest.mark.parametrize("case", make_proof_vectors.cases(), ids=lambda case: case.name)
def test_each_case_fails_where_it_says_and_nowhere_else(case):
    assert case.verdict()["state"] == case.state


@pytest.mark.parametrize("case", cases(FILE, "check"), ids=lambda case: case["name"])
def test_vectors(case):
    verdict = check(
        Bundle.from_json(encode(case["bundle"])),
        case["code"],
        Trust.from_json(encode(case["trust"])),
        [Sighting.from_json(encode(seen)) for seen in case["sightings"]],
    )
    assert verdict.to_json() == encode(case["verdict"])


def test_every_state_and_reason_of_the_formats_page_has_a_case():
    page = (FILE.parent.parent / "FORMATS.md").read_text("utf-8").split("### Verdict")[1]
    found = [case["verdict"] for case in cases(FILE, "check")]
    steps = [step for one in found for part in (one, *one["records"]) for step in part["steps"]]
    assert {one["state"] for one in found} == set(State)
    for reason in {step["reason"] for step in steps} - {None}:
        assert reason in page or reason in {"INDEX_BEYOND", "PATH_LENGTH", "ROOT_DIFFERS"}, reason
    for word in ("CODE", "CLASS", "LINK", "AMENDS"):
        assert any(step["facts"].get("by") == word for step in steps)


def leaves(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the ways to every value in JSON that holds no other."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return [found for name, item in items for found in leaves(item, (*way, name))]
    return [way]


# A record's id is a handle and proves nothing; all else in a bundle is evidence.
WAYS = [way for way in leaves(WHOLE) if way[-1] != "id"]


def altered(way: tuple[Any, ...], change: Any) -> dict[str, Any]:
    members: dict[str, Any] = deepcopy(WHOLE)
    at: Any = members
    for step in way[:-1]:
        at = at[step]
    at[way[-1]] = change(at[way[-1]])
    return members


def nudge(value: Any) -> Any:
    """Change a value a little and keep its shape."""
    if isinstance(value, str) and value:
        return value[:-1] + ("0" if value[-1] != "0" else "1")
    return value + 1 if isinstance(value, int) else "x"


@pytest.mark.parametrize("way", WAYS, ids=lambda way: "/".join(map(str, way)))
def test_nothing_in_a_bundle_can_be_changed_unseen(way):
    with contextlib.suppress(InputError):
        assert judged(altered(way, nudge)).state is not State.VERIFIED


@given(st.data())
def test_no_altered_character_survives(data):
    way = data.draw(st.sampled_from(WAYS))

    def change(value: Any) -> Any:
        text = str(value)
        place = data.draw(st.integers(0, len(text) - 1))
        other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != text[place]))
        changed = text[:place] + other + text[place + 1 :]
        if isinstance(value, str):
            return changed
        return int(changed) if changed.isascii() and changed.isdigit() else changed

    members = altered(way, change)
    if members != WHOLE:  # such as a leading zero, which makes no other number
        with contextlib.suppress(InputError):
            assert judged(members).state is not State.VERIFIED


def test_the_whole_is_verified_unaltered():
    assert judged(WHOLE).state is State.VERIFIED


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8)
    | st.floats(allow_nan=False, allow_infinity=False).filter(lambda n: not n.is_integer())
    | st.sampled_from([HEATER, "ObjectEvent", "Product", "epcList", "_sd", "...", "e30"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["type", "epcList", "parentID", "childEPCs", "gtin", "_sd", "...", "_sd_alg", "x"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(
    JSON,
    st.sampled_from(
        [
            (),
            ("content",),
            ("content", "body"),
            ("content", "body", "epcList"),
            ("disclosures",),
            ("submission",),
            ("path",),
            ("position",),
        ]
    ),
)
def test_any_json_in_a_records_place_is_refused_or_judged(value, way):
    members = deepcopy(WHOLE)
    at: Any = members["records"][0]
    for step in way[:-1]:
        at = at[step]
    if way:
        at[way[-1]] = value
    else:
        members["records"][0] = value
    with contextlib.suppress(InputError):
        assert judged(members).state in set(State) - {State.VERIFIED} or members == WHOLE


@given(st.binary(max_size=60) | JSON.map(encode))
def test_any_bytes_are_refused_by_place(data):
    for reader in (Bundle.from_json, Trust.from_json, Sighting.from_json):
        with pytest.raises(InputError):
            reader(data)


def test_a_code_that_is_none_is_the_callers_mistake():
    with pytest.raises(InputError):
        judged(WHOLE, "not a code")


def test_content_of_full_depth_is_carried_and_proven():
    world = proof_world.World()
    party = world.party("示例")
    deep: Any = {"type": "ObjectEvent", "epcList": [HEATER]}
    nest: Any = "bottom"
    for _ in range(30):
        nest = [nest]
    (kept,) = world.submit(party, (1, "epcis/2.0", deep | {"ext:nest": nest}, []))
    world.anchor()
    bundle = Bundle.from_json(world.bundle(kept).to_json())
    assert check(bundle, HEATER, world.trust(), [world.sighting()]).state is State.VERIFIED


def test_without_another_partys_word_nothing_is_ever_verified():
    for sightings in ([], [WORLD.sighting(OPERATOR)]):
        for kept in (TALE.life, TALE.life[:2], [*TALE.life, TALE.late]):
            verdict = check(WORLD.bundle(*kept), HEATER, TRUST, sightings)
            assert verdict.state is State.UNCHECKED


def test_the_order_of_records_decides_nothing():
    entries = list(
        reversed(WORLD.bundle(*TALE.life, TALE.shipped, TALE.packed, TALE.stacked).records)
    )
    bundle = Bundle(WORLD.origin, WORLD.note(LAST), LAST, entries)
    assert check(bundle, HEATER, TRUST, SEEN).state is State.VERIFIED


def test_a_verdict_is_the_same_bytes_each_time():
    first, again = judged(WHOLE).to_json(), judged(json.loads(encode(WHOLE))).to_json()
    assert first == again
