import hashlib
import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.core import canonical, record
from indexer.core.errors import InputError
from tests.indexer.core.cases import JSON, OBJECTS, load, ops, title

KEY = bytes(range(32))
PARTICIPANT = UUID("0190a0e4-7e0a-7abc-8def-0123456789ab")


@pytest.mark.parametrize("case", load("record", "record"), ids=title)
def test_content_and_digest_are_as_fixed(case):
    made = record.content(
        UUID(case["participant"]),
        case["kind"],
        case["schema"],
        json.loads(case["body"]),
        bytes.fromhex(case["key"]),
        bytes.fromhex(case["amends"]) if "amends" in case else None,
    )
    assert canonical.encode(made).decode() == case["content"]
    assert record.digest(made).hex() == case["digest"]
    assert hashlib.sha256(case["content"].encode()).hexdigest() == case["digest"]
    record.check(made)


@pytest.mark.parametrize("case", load("record", "refuse-content"), ids=title)
def test_content_of_another_shape_is_refused(case):
    with pytest.raises(InputError) as caught:
        record.check(canonical.decode(case["content"].encode()))
    assert (caught.value.code, caught.value.place) == (case["error"], case["place"])


@pytest.mark.parametrize("case", load("record", "record-leaf"), ids=title)
def test_record_leaves_are_laid_out_as_fixed(case):
    leaf = record.record_leaf(case["kind"], int(case["receivedAt"]), bytes.fromhex(case["digest"]))
    assert leaf.hex() == case["leaf"]
    assert len(leaf) == 42


@pytest.mark.parametrize("case", load("record", "submission-leaf"), ids=title)
def test_submission_leaves_are_laid_out_as_fixed(case):
    leaf = record.submission_leaf(
        UUID(case["participant"]),
        bytes.fromhex(case["key"]),
        case["sequence"],
        case["count"],
        bytes.fromhex(case["root"]),
        bytes.fromhex(case["signature"]),
    )
    assert leaf.hex() == case["leaf"]
    assert len(leaf) == 147


def test_every_operation_of_the_vectors_is_run():
    assert ops("record") == {"record", "refuse-content", "record-leaf", "submission-leaf"}


def made(kind=1, key=KEY, body=None, amends=None):
    return record.content(PARTICIPANT, kind, "epcis/2.0", body or {"a": 1}, key, amends)


def test_equal_bodies_under_different_keys_have_different_digests():
    assert record.digest(made()) != record.digest(made(key=bytes(32)))


@pytest.mark.parametrize(
    ("arguments", "code", "place"),
    [
        ({"key": b"short"}, "RECORD_KEY_SIZE", "/recordKey"),
        ({"kind": 0}, "RECORD_KIND_UNKNOWN", "/kind"),
        ({"kind": 6}, "RECORD_KIND_UNKNOWN", "/kind"),
        ({"kind": 3}, "RECORD_AMENDS", "/amends"),
        ({"kind": 1, "amends": bytes(32)}, "RECORD_AMENDS", "/amends"),
        ({"kind": 4, "amends": bytes(31)}, "LEAF_MISSHAPEN", "/amends"),
    ],
)
def test_what_makes_no_record_is_refused(arguments, code, place):
    with pytest.raises(InputError) as caught:
        made(**arguments)
    assert (caught.value.code, caught.value.place) == (code, place)


def test_a_body_leaves_room_for_the_content_around_it():
    body: dict[str, object] = {}
    for _ in range(30):
        body = {"a": body}
    canonical.decode(canonical.encode(made(body=body)))
    with pytest.raises(canonical.TooDeepError):
        made(body={"a": body})


@pytest.mark.parametrize(
    "arguments",
    [(-1, 0, bytes(32)), (256, 0, bytes(32)), (1, 2**64, bytes(32)), (1, 0, bytes(31))],
)
def test_what_fits_no_record_leaf_is_refused(arguments):
    with pytest.raises(record.MisshapenLeafError):
        record.record_leaf(*arguments)


@given(OBJECTS, st.sampled_from(record.Kind))
def test_whatever_is_composed_passes_and_keeps_its_digest(body, kind):
    amends = bytes(32) if kind >= record.Kind.AMENDMENT else None
    content = made(kind=kind, body=body or {"a": 1}, amends=amends)
    record.check(content)
    again = canonical.decode(canonical.encode(content))
    assert isinstance(again, dict)
    assert record.digest(again) == record.digest(content)


@given(
    JSON, st.sampled_from(["type", "participant", "kind", "schema", "blind", "body", "amends", "x"])
)
def test_hostile_content_is_passed_or_refused(value, name):
    for hostile in (value, {**made(), name: value}):
        try:
            record.check(hostile)
        except InputError:
            continue
        assert isinstance(hostile, dict)
        assert hostile["body"] is not None
