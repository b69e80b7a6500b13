import json
from itertools import product
from uuid import UUID

from indexer.core.bundle import Missing
from indexer.core.verdict import RecordVerdict, State, Step, Verdict, worst

ID = UUID("019a1111-0000-7000-8000-000000000001")
GOOD = Step("checkpoint", State.VERIFIED)


def record(*states, skipped=False, by="CODE"):
    told = Step("code", State.VERIFIED, None, {"by": by})
    return RecordVerdict(
        ID, 3, 1, skipped, [*(Step("content", state, "WHY") for state in states), told]
    )


def verdict(*records, steps=(GOOD,), missing=()):
    return Verdict("urn:example:1", steps, records, missing)


def test_worst_first_is_the_order_of_the_formats_page():
    order = ["ALTERED", "MISSING", "UNKNOWN", "UNCHECKED", "PENDING", "VERIFIED"]
    for one, other in product(State, State):
        assert worst([one, other]) == order[min(order.index(one), order.index(other))]


def test_nothing_that_failed_hides_behind_what_held():
    for state in State:
        assert verdict(record(State.VERIFIED, state), record(State.VERIFIED)).state is state
        assert verdict(record(State.VERIFIED), steps=(GOOD, Step("anchor", state))).state is state


def test_an_empty_answer_is_unknown_and_a_gap_is_missing():
    gap = [Missing(ID, None)]
    assert verdict().state is State.UNKNOWN
    assert verdict(missing=gap).state is State.MISSING
    assert verdict(record(State.VERIFIED), missing=gap).state is State.MISSING
    assert verdict(steps=(Step("anchor", State.PENDING, "NOT_ANCHORED"),)).state is State.UNKNOWN


def test_a_skipped_record_is_shown_and_not_counted():
    future = record(State.VERIFIED, State.UNKNOWN, skipped=True)
    assert verdict(future, record(State.VERIFIED)).state is State.VERIFIED
    assert verdict(future).state is State.UNKNOWN
    assert len(verdict(future).members()["records"]) == 1


def test_what_is_said_of_a_class_vouches_for_no_piece_of_it():
    of_class = record(State.VERIFIED, by="CLASS")
    assert verdict(of_class).state is State.UNKNOWN
    assert verdict(of_class, record(State.VERIFIED)).state is State.VERIFIED
    assert verdict(of_class, record(State.VERIFIED, skipped=True)).state is State.UNKNOWN


def test_the_bytes_are_the_formats_pages():
    step = Step("anchor", State.PENDING, "NOT_ANCHORED", {"size": 3})
    made = json.loads(verdict(record(State.VERIFIED), steps=(step,)).to_json())
    assert made == {
        "format": "suyuan/verdict/v1",
        "state": "PENDING",
        "code": "urn:example:1",
        "steps": [
            {
                "name": "anchor",
                "state": "PENDING",
                "reason": "NOT_ANCHORED",
                "facts": {"size": 3},
            }
        ],
        "records": [
            {
                "id": str(ID),
                "index": 3,
                "kind": 1,
                "skipped": False,
                "state": "VERIFIED",
                "steps": [
                    {"name": "content", "state": "VERIFIED", "reason": "WHY", "facts": {}},
                    {"name": "code", "state": "VERIFIED", "reason": None, "facts": {"by": "CODE"}},
                ],
            }
        ],
        "missing": [],
        "notices": [],
    }
