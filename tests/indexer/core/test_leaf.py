from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.core import record
from indexer.core.errors import EvidenceError
from indexer.core.leaf import RecordLeaf, SubmissionLeaf, parse_record_leaf, parse_submission_leaf
from tests.indexer.core.cases import load, title


@pytest.mark.parametrize("case", load("record", "record-leaf"), ids=title)
def test_record_leaves_are_read_as_fixed(case):
    assert parse_record_leaf(bytes.fromhex(case["leaf"])) == RecordLeaf(
        case["kind"], int(case["receivedAt"]), bytes.fromhex(case["digest"])
    )


@pytest.mark.parametrize("case", load("record", "submission-leaf"), ids=title)
def test_submission_leaves_are_read_as_fixed(case):
    assert parse_submission_leaf(bytes.fromhex(case["leaf"])) == SubmissionLeaf(
        UUID(case["participant"]),
        bytes.fromhex(case["key"]),
        case["sequence"],
        case["count"],
        bytes.fromhex(case["root"]),
        bytes.fromhex(case["signature"]),
    )


def bytes_of(size):
    return st.binary(min_size=size, max_size=size)


@given(
    st.uuids(),
    bytes_of(20),
    st.integers(0, 2**64 - 1),
    st.integers(0, 2**32 - 1),
    bytes_of(32),
    bytes_of(65),
)
def test_what_was_laid_out_is_read_back(participant, key, sequence, count, root, signature):
    given_ = participant, key, sequence, count, root, signature
    assert parse_submission_leaf(record.submission_leaf(*given_)) == SubmissionLeaf(*given_)


@given(st.integers(1, 255), st.integers(0, 2**64 - 1), bytes_of(32))
def test_a_record_that_was_laid_out_is_read_back(kind, received_at, digest):
    given_ = kind, received_at, digest
    assert parse_record_leaf(record.record_leaf(*given_)) == RecordLeaf(*given_)


@given(st.one_of(st.binary(max_size=160), bytes_of(147), bytes_of(42)))
def test_any_other_bytes_are_refused_and_nothing_else_happens(data):
    for parse, size, kind in ((parse_submission_leaf, 147, b"\0"), (parse_record_leaf, 42, None)):
        known = len(data) == size and data[:1] == b"\1"
        if known and (data[1:2] == kind if kind else data[1:2] != b"\0"):
            parse(data)
            continue
        with pytest.raises(EvidenceError):
            parse(data)
