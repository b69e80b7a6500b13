import contextlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.core.errors import InputError
from indexer.core.reading import At, MisshapenError

READERS: list[Callable[[At], Any]] = [
    At.members,
    At.named,
    At.items,
    At.text,
    At.number,
    At.flag,
    At.hashes,
    At.uuid,
    lambda at: at.hex(2),
    lambda at: at.word("a", "b"),
    lambda at: at["x"],
]


def test_values_are_read_as_what_they_are():
    assert At("溯源").text() == "溯源"
    assert At("").text(empty=True) == ""
    assert At("b").word("a", "b") == "b"
    assert At(7).number(7, 7) == 7
    assert At(False).flag() is False
    assert At("00ff").hex(2) == b"\x00\xff"
    assert At(["ab" * 32]).hashes() == [b"\xab" * 32]
    text = "019a1111-0000-7000-8000-000000000001"
    assert At(text).uuid() == UUID(text)
    assert At(None).is_null()
    assert [(name, item.value) for name, item in At({"a": 1}).named()] == [("a", 1)]


def test_places_are_json_pointers():
    at = At({"a/b": [{"~": 1}]})
    (item,) = at["a/b"].items()
    assert item["~"].place == "/a~1b/0/~0"
    with pytest.raises(MisshapenError) as raised:
        item["missing"]
    assert raised.value.place == "/a~1b/0/missing"


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (At.text, ""),
        (At.text, 1),
        (At.number, True),
        (At.number, -1),
        (At.number, 2**53),
        (At.number, 1.5),
        (At.number, "1"),
        (At.flag, 0),
        (At.uuid, "019A1111-0000-7000-8000-000000000001"),
        (At.uuid, "019a1111000070008000000000000001"),
        (At.uuid, "{19a1111-0000-7000-8000-000000000001"),
        (At.uuid, "019a1111-0000-7000-8000-000000000001\n"),
        (lambda at: at.hex(2), "00FF"),
        (lambda at: at.hex(2), "0x00"),
        (lambda at: at.hex(2), "00f"),
        (lambda at: at.hex(2), "00ff\n"),
        (lambda at: at.hex(2), "٠٠٠٠"),
        (lambda at: at.word("a", "b"), "c"),
        (lambda at: at.items(1), [1, 2]),
        (At.hashes, ["ab" * 32] * 65),
        (At.hashes, ["ab" * 31]),
        (At.members, []),
        (At.items, {}),
    ],
)
def test_other_values_are_refused(read, value):
    with pytest.raises(MisshapenError):
        read(At(value))


@given(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just([]) | st.just({})
)
def test_nothing_but_input_errors(value):
    for read in READERS:
        with contextlib.suppress(InputError):
            read(At(value))
