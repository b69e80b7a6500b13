import json
import struct

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from indexer.core import canonical
from indexer.core.canonical import JsonError, MalformedError, TooDeepError
from indexer.core.errors import InputError
from tests.indexer.core.cases import JSON, load, ops, title

MARKS = [
    b'"',
    b"\\",
    b"\\u",
    b"[",
    b"]",
    b"{",
    b"}",
    b",",
    b":",
    b"1e999",
    b"\x00",
    b"\xff",
    b"-",
    b"d800",
]


@pytest.mark.parametrize("case", load("canonical", "admit"), ids=title)
def test_admitted_bytes_have_one_spelling(case):
    value = canonical.decode(bytes.fromhex(case["input"]))
    assert canonical.encode(value).hex() == case["canonical"]
    assert canonical.decode(bytes.fromhex(case["canonical"])) == value


@pytest.mark.parametrize("case", load("canonical", "refuse"), ids=title)
def test_refused_bytes_name_the_place(case):
    with pytest.raises(JsonError) as caught:
        canonical.decode(bytes.fromhex(case["input"]) * case.get("times", 1))
    assert (caught.value.code, caught.value.place) == (case["error"], case["place"])


@pytest.mark.parametrize("case", load("canonical", "encode"), ids=title)
def test_published_example_is_reached_from_any_reader(case):
    value = json.loads(bytes.fromhex(case["input"]))
    assert canonical.encode(value).hex() == case["canonical"]


@pytest.mark.parametrize("case", load("canonical", "double"), ids=title)
def test_doubles_are_written_as_published(case):
    (value,) = struct.unpack(">d", bytes.fromhex(case["double"]))
    if "error" in case:
        with pytest.raises(InputError) as caught:
            canonical.encode(value)
        assert caught.value.code == case["error"]
    else:
        assert canonical.encode(value).hex() == case["canonical"]


def test_every_operation_of_the_vectors_is_run():
    assert ops("canonical") == {"admit", "refuse", "encode", "double"}


def test_integral_numbers_become_integers():
    values = canonical.decode(b"[1.0, 1e3, -0.0, 2.5]")
    assert isinstance(values, list)
    assert [type(value) for value in values] == [int, int, int, float]


def test_syntax_errors_tell_line_and_column():
    with pytest.raises(MalformedError) as caught:
        canonical.decode(b'{\n "a": 1,\n "b": tru\n}')
    assert (caught.value.facts["line"], caught.value.facts["column"]) == (3, 7)


def test_place_of_too_deep_a_value_survives_unfit_names():
    data = b'{"x\\ud800":' + b"[" * 40
    with pytest.raises(TooDeepError) as caught:
        canonical.decode(data)
    caught.value.place.encode()


def test_depth_is_counted_from_the_room_that_is_left():
    canonical.check_depth([[1]], room=2)
    with pytest.raises(TooDeepError) as caught:
        canonical.check_depth({"a": [[1]]}, room=2, place="/body")
    assert caught.value.place == "/body/a/0"


@pytest.mark.parametrize("value", [2**53, {1: 2}, {"a": b"x"}, "\ud800", {"\ud800": 1}, object()])
def test_what_is_no_json_is_not_written(value):
    with pytest.raises(canonical.NotJsonError):
        canonical.encode(value)


def test_nesting_without_end_is_not_written():
    value: list[object] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(canonical.NotJsonError):
        canonical.encode(value)
    while value:  # freed step by step
        value = value.pop()  # type: ignore[assignment]


@given(JSON)
def test_admitted_values_survive_the_round_trip(value):
    data = canonical.encode(value)
    again = canonical.decode(data)
    assert again == value
    assert canonical.encode(again) == data == rfc8785.dumps(value)


@given(JSON, st.randoms(use_true_random=False))
def test_spelling_does_not_depend_on_the_order_of_members(value, random):
    def shuffled(item):
        if isinstance(item, list):
            return [shuffled(one) for one in item]
        if isinstance(item, dict):
            members = list(item.items())
            random.shuffle(members)
            return {name: shuffled(one) for name, one in members}
        return item

    loose = json.dumps(shuffled(value), ensure_ascii=random.random() < 0.5, indent=1).encode()
    assert canonical.encode(canonical.decode(loose)) == canonical.encode(value)


def outcome(data):
    try:
        value = canonical.decode(data)
    except JsonError as error:
        error.place.encode()
        str(error).encode()
        return
    assert canonical.decode(canonical.encode(value)) == value


@given(st.binary(max_size=64))
def test_random_bytes_are_read_or_refused(data):
    outcome(data)


@given(JSON, st.lists(st.tuples(st.integers(0, 400), st.sampled_from(MARKS)), max_size=3))
def test_damaged_json_is_read_or_refused(value, damage):
    data = json.dumps(value).encode()
    for at, mark in damage:
        data = data[:at] + mark + data[at + 1 :]
    outcome(data)
