"""What is not static words, held to eth_abi's own encoding, and to whatever a stranger sends."""

import contextlib

import pytest
from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

from indexer.chain import abi

FIELDS = {"origin": "string", "operator": "address", "logKey": "bytes32", "size": "uint64"}


def test_texts_and_a_number_are_read():
    assert abi.strings(("string", "string"), encode(("string", "string"), ("名", "码"))) == (
        "名",
        "码",
        0,
    )
    encoded = encode(("string", "string", "uint8"), ("a", "b", 2))
    assert abi.strings(("string", "string", "uint8"), encoded) == ("a", "b", 2)


def test_fields_have_their_names_and_bytes_are_hex():
    encoded = encode(
        list(FIELDS.values()), ("日志.example/log", b"\x1a" * 20, b"\7" * 32, 2**53 - 1)
    )
    assert abi.facts(FIELDS, encoded) == {
        "origin": "日志.example/log",
        "operator": "1a" * 20,
        "logKey": "07" * 32,
        "size": 2**53 - 1,
    }
    assert abi.facts({}, b"") == {}


@pytest.mark.parametrize(
    ("written", "kept"),
    [(b"a\xffb", "a\ufffdb"), (b"a\0b", "a\ufffdb"), (b"\xed\xa0\x80", "\ufffd" * 3)],
)
def test_what_cannot_be_text_stops_nobody(written, kept):
    assert abi.facts({"origin": "string"}, encode(("bytes",), (written,))) == {"origin": kept}


@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_refused(data):
    with contextlib.suppress(ValueError):
        abi.facts(FIELDS, data)
    with contextlib.suppress(ValueError):
        abi.strings(("string", "string"), data)
