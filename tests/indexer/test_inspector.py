"""One submission held to itself, row by row."""

from dataclasses import replace
from hashlib import sha256

import pytest

from indexer.core import submission
from indexer.inspector import IMPOSSIBLE, inspect, stand
from indexer.store import loose, places


@pytest.fixture
def place(book, node):
    book.submit(3)
    book.place()
    with node.connect() as connection:
        (one,) = places.placed(connection, 0, 1)
    return one


def kinds(book, place, keys=None, anchor=None):
    return {
        (one.kind, one.facts.get("reason"))
        for one in inspect(stand(place), book.log, keys or {}, anchor)
    }


def changed(place, **row):
    return replace(place, row=replace(place.row, **row))


def test_an_honest_submission_stands(book, place):
    standing = stand(place)
    assert kinds(book, place) == set()
    assert standing.signed == standing.digests
    assert len(standing.made) == 4
    assert standing.last_index == 3


def test_of_a_submission_whose_row_is_gone_nothing_can_be_said(book, place):
    gone = replace(place, row=None)
    assert kinds(book, gone) == set()
    assert stand(gone).made == [None] * 4


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"sequence": 7}, {("SIGNATURE_INVALID", "signer")}),
        ({"signature": bytes(65)}, {("SIGNATURE_INVALID", "SIGNATURE_MISSHAPEN")}),
        ({"key": bytes(20)}, {("SIGNATURE_INVALID", "signer")}),
        ({"digests": bytes(96)}, {("LEAF_MISMATCH", "digests")}),
        (
            {"root": bytes(32)},
            {("SIGNATURE_INVALID", "signer"), ("RECORD_UNSIGNED", "digests")},
        ),
        ({"count": 2}, {("LEAF_MISMATCH", "count"), ("SIGNATURE_INVALID", "signer")}),
    ],
)
def test_a_changed_submission_is_told_from_its_signature(book, place, row, found):
    assert found <= kinds(book, changed(place, **row))


def test_rows_no_leaf_can_hold_make_none(place):
    assert stand(changed(place, sequence=-1)).made[0] == IMPOSSIBLE
    strange = {0: replace(place.records[0], kind=999)}
    assert stand(replace(place, records={**place.records, **strange})).made[1] == IMPOSSIBLE


def test_a_content_of_somebody_else_or_of_another_kind_is_misshapen(book, place):
    other = "01234567-89ab-7cde-8f01-23456789abcd"
    text = place.records[0].content.replace(str(book.participant).encode(), other.encode())
    assert ("RECORD_MISSHAPEN", "participant") in kinds(book, resigned(place, 0, text))
    text = place.records[0].content.replace(b'"kind":1', b'"kind":2')
    assert ("RECORD_MISSHAPEN", "kind") in kinds(book, resigned(place, 0, text))


def test_a_content_spelt_otherwise_or_not_json_is_misshapen(book, place):
    spaced = place.records[0].content.replace(b'"kind":1', b'"kind": 1')
    assert ("RECORD_MISSHAPEN", "spelling") in kinds(book, resigned(place, 0, spaced))
    assert ("RECORD_MISSHAPEN", "JSON_SYNTAX") in kinds(book, resigned(place, 0, b"{"))


def resigned(place, position, content):
    """The same submission, had its signer signed this content: only what is in it can be wrong."""
    digest = sha256(content).digest()
    stated = replace(place.records[position], content=content, digest=digest)
    digests = [place.row.digests[at : at + 32] for at in range(0, 96, 32)]
    digests[position] = digest
    row = replace(place.row, digests=b"".join(digests), root=submission.root(digests))
    return replace(place, records={**place.records, position: stated}, row=row)


def test_keys_are_judged_at_the_anchors_block(book, place, node, follow):
    book.anchor()
    follow()
    with node.connect() as connection:
        keys = loose.keys(connection)
        (anchor,) = places.anchors(connection, book.log, 0, 1)
    key = place.row.key
    assert kinds(book, place, keys, anchor) == set()
    cases = {
        "unknown": {},
        "foreign": {key: replace(keys[key], participant=place.submission)},
        "revoked": {key: replace(keys[key], revoked=0)},
    }
    for reason, registry in cases.items():
        assert kinds(book, place, registry, anchor) == {("KEY_NOT_ACTIVE", reason)}
    late = {key: replace(keys[key], admitted=anchor.block + 1)}
    assert kinds(book, place, late, anchor) == {("KEY_NOT_ACTIVE", "unknown")}
    assert kinds(book, place, {key: replace(keys[key], revoked=1)}, anchor) == set()
