"""What becomes of a promise, case by case."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from indexer.core import merkle, promise, record, submission
from indexer.core.promise import Head, Outcome, Promise, Seen, judge
from indexer.core.reading import MisshapenError
from indexer.core.submission import Receipt

ORIGIN = "test.example/log"
SECRET = b"\5" * 32
SAID = Receipt(
    submission.log_id(ORIGIN), UUID(int=7), b"\6" * 20, 4, 3, b"\1" * 32, 1_000_000, 1_600
)


def answer(said=SAID, secret=SECRET) -> dict[str, Any]:
    return {
        "submission": str(UUID(int=9)),
        "participant": str(said.participant),
        "key": said.key.hex(),
        "sequence": said.sequence,
        "count": said.count,
        "root": said.root.hex(),
        "signature": "07" * 65,
        "receivedAt": said.received_at,
        "anchorBy": said.anchor_by,
        "receipt": {
            "key": submission.address(secret).hex(),
            "signature": submission.sign(said.signing_hash(), secret).hex(),
        },
        "records": [],
    }


KEPT = Promise.read(answer()).of(ORIGIN)
EARLY, LATER = Head(1, 10, b"\1" * 32), Head(2, 20, b"\2" * 32)


def test_an_answer_is_read_as_it_was_signed():
    assert KEPT.said == SAID
    assert KEPT.signed()
    assert not KEPT.of("elsewhere.example/log").signed()
    assert not replace(KEPT, receipt_key=bytes(20)).signed()
    assert not replace(KEPT, receipt=bytes(65)).signed()


def test_the_leaf_is_the_one_the_log_has():
    leaf = record.submission_leaf(UUID(int=7), b"\6" * 20, 4, 3, b"\1" * 32, b"\7" * 65)
    assert KEPT.leaf_hash() == merkle.leaf_hash(leaf)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"root": "00"}, "/root"),
        ({"receipt": {}}, "/receipt/key"),
        ({"count": 0}, "/count"),
        ({"anchorBy": None}, "/anchorBy"),
        ({"submission": "x"}, "/submission"),
    ],
)
def test_what_is_no_receipt_is_named_by_its_place(change, place):
    with pytest.raises(MisshapenError) as error:
        Promise.read({**answer(), **change})
    assert error.value.place == place


def seen(index: int | None, due: Head | None, head: Head = LATER, now: int = 2_000) -> Seen:
    return Seen(served=True, head=head, due=due, index=index, now=now)


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        (seen(6, EARLY), Outcome.HOLDS),  # leaves 6 to 9 of 10
        (seen(7, EARLY), Outcome.LATE),  # its last record is beyond the head that was in time
        (seen(7, None), Outcome.HOLDS),  # when it was first covered cannot be told
        (seen(16, LATER), Outcome.HOLDS),
        (seen(17, EARLY), Outcome.RECEIPT_BROKEN),  # cut in two
        (seen(None, EARLY), Outcome.RECEIPT_BROKEN),
        (seen(None, LATER), Outcome.ANCHOR_LATE),
        (seen(None, None), Outcome.ANCHOR_LATE),
        (seen(None, EARLY, now=1_600), Outcome.PENDING),
        (seen(None, LATER, now=1_601), Outcome.ANCHOR_LATE),
        (replace(seen(6, EARLY), served=False), Outcome.FORGED),
    ],
)
def test_a_promise_comes_to(facts, outcome):
    assert judge(KEPT, facts) is outcome


def test_what_another_key_signed_is_forged_whatever_the_log_says():
    forged = replace(KEPT, receipt=submission.sign(SAID.signing_hash(), b"\x08" * 32))
    assert judge(forged, seen(6, EARLY)) is Outcome.FORGED


def test_only_what_is_kept_or_open_is_sound():
    assert {Outcome.HOLDS, Outcome.PENDING} == promise.SOUND
