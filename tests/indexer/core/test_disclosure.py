import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from indexer.core import base64url, canonical, disclosure, pointer
from indexer.core.canonical import Members
from indexer.core.disclosure import DisclosureError
from indexer.core.errors import InputError
from tests.indexer.core.cases import JSON, OBJECTS, load, ops, title

KEY = bytes(range(32))
RESERVED = {"_sd", "_sd_alg", "..."}


def canonically(value):
    return canonical.encode(value).decode()


@pytest.mark.parametrize("case", load("disclosure", "digest"), ids=title)
def test_digests_are_as_published(case):
    assert disclosure.digest(case["disclosure"]) == case["digest"]


@pytest.mark.parametrize("case", load("disclosure", "conceal"), ids=title)
def test_concealment_is_as_fixed_and_undone(case):
    event = json.loads(case["event"])
    body, disclosures = disclosure.conceal(event, case["pointers"], bytes.fromhex(case["key"]))
    assert canonically(body) == case["body"]
    assert disclosures == case["disclosures"]
    assert canonically(event) == case["event"], "the event itself is left alone"
    assert canonically(disclosure.reveal(body, disclosures)) == case["event"]


@pytest.mark.parametrize("case", load("disclosure", "refuse-conceal"), ids=title)
def test_what_may_not_be_concealed_is_refused(case):
    with pytest.raises(InputError) as caught:
        disclosure.conceal(json.loads(case["event"]), case["pointers"], bytes.fromhex(case["key"]))
    assert (caught.value.code, caught.value.place) == (case["error"], case["place"])


@pytest.mark.parametrize("case", load("disclosure", "reveal"), ids=title)
def test_disclosures_open_the_body(case):
    event = disclosure.reveal(
        json.loads(case["body"]), case["disclosures"], partial=case["partial"]
    )
    assert canonically(event) == case["event"]


@pytest.mark.parametrize("case", load("disclosure", "refuse-reveal"), ids=title)
def test_disclosures_that_do_not_fit_are_refused(case):
    with pytest.raises(DisclosureError) as caught:
        disclosure.reveal(json.loads(case["body"]), case["disclosures"], partial=case["partial"])
    assert caught.value.code == case["error"]


def test_every_operation_of_the_vectors_is_run():
    assert ops("disclosure") == {"digest", "conceal", "reveal", "refuse-conceal", "refuse-reveal"}


def test_a_thousand_fields_can_be_concealed_and_revealed():
    event: Members = {"type": "X", "l": [*range(1000)]}
    body, disclosures = disclosure.conceal(event, [f"/l/{at}" for at in range(1000)], KEY)
    assert disclosure.reveal(body, disclosures) == event
    with pytest.raises(DisclosureError):
        disclosure.reveal(body, [*disclosures, "WyJzIiwxXQ"])


def test_salts_depend_on_key_and_place_alone():
    assert disclosure.salt(KEY, "/a") == disclosure.salt(KEY, "/a")
    assert (
        len(
            {
                disclosure.salt(KEY, "/a"),
                disclosure.salt(KEY, "/b"),
                disclosure.salt(bytes(32), "/a"),
            }
        )
        == 3
    )
    assert len(base64url.decode(disclosure.salt(KEY, "/a"))) == 16


def test_a_body_tells_nothing_of_what_it_hides():
    body, _ = disclosure.conceal({"type": "X", "secretName": "secretValue"}, ["/secretName"], KEY)
    assert "secret" not in canonically(body)


def places(value, here=""):
    """Name everything inside of an event."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for step, item in items:
        place = here + pointer.escape(step)
        yield place
        if isinstance(item, (dict, list)):
            yield from places(item, place)


@settings(deadline=None)
@given(OBJECTS, st.data())
def test_whatever_is_concealed_comes_back(event, data):
    assume(event.keys().isdisjoint({"type", "@context"}))
    chosen: list[str] = []
    for place in data.draw(st.permutations(list(places(event)))):
        if not any(
            place == one or place.startswith(one + "/") or one.startswith(place + "/")
            for one in chosen
        ):
            chosen.append(place)
    chosen = chosen[: data.draw(st.integers(0, len(chosen)))]
    assume(not any(set(place.split("/")) & RESERVED for place in places(event)))
    body, disclosures = disclosure.conceal(event, chosen, KEY)
    assert disclosure.reveal(body, disclosures) == event
    if disclosures:
        shown = disclosures[: data.draw(st.integers(0, len(disclosures) - 1))]
        assert canonically(disclosure.reveal(body, shown, partial=True)) != canonically(event)
        with pytest.raises(DisclosureError):
            disclosure.reveal(body, shown)


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(1, 255))
def test_no_altered_byte_of_a_disclosure_survives(at, change):
    body, disclosures = disclosure.conceal(
        {"a": {"b": "c" * 20}, "d": [1, 2]}, ["/a/b", "/d/1"], KEY
    )
    text = bytearray("~".join(disclosures).encode())
    text[at % len(text)] ^= change
    altered = text.decode("latin-1").split("~")
    with pytest.raises(DisclosureError):
        disclosure.reveal(body, altered)


@settings(deadline=None)
@given(OBJECTS, st.lists(st.text(max_size=6), max_size=3))
def test_hostile_pointers_are_refused_as_input(event, pointers):
    try:
        disclosure.conceal(event, pointers, KEY)
    except InputError as error:
        error.place.encode()


DIGESTS = st.one_of(JSON, st.just("x"), st.builds(disclosure.digest, st.just("WyJzIiwxXQ")))
BODIES = st.recursive(
    JSON,
    lambda inner: st.one_of(
        st.lists(st.one_of(inner, st.builds(lambda one: {"...": one}, DIGESTS)), max_size=3),
        st.dictionaries(
            st.sampled_from(["a", "b", "_sd", "...", "_sd_alg"]),
            st.one_of(inner, st.lists(DIGESTS)),
            max_size=3,
        ),
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(["a", "_sd", "..."]), BODIES, max_size=3),
    st.lists(
        st.one_of(
            st.text(max_size=9),
            st.builds(base64url.encode, st.binary(max_size=20)),
            st.just("WyJzIiwxXQ"),
        ),
        max_size=3,
    ),
    st.booleans(),
)
def test_hostile_bodies_and_disclosures_are_refused_as_evidence(body, disclosures, partial):
    try:
        disclosure.reveal(body, disclosures, partial=partial)
    except DisclosureError as error:
        str(error).encode()
