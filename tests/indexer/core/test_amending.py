from dataclasses import replace
from hashlib import sha256
from uuid import UUID

import pytest

from indexer.core import amending
from indexer.core.amending import Relation, Statement
from indexer.core.record import Kind

ONE, TWO = UUID(int=1), UUID(int=2)
OLD = Statement(UUID(int=10), 1, ONE, sha256(b"old").digest(), None, 3, False, {"type": "x"})
NEW = Statement(UUID(int=11), 3, ONE, sha256(b"new").digest(), OLD.digest.hex(), 7, True, {})
COUNTS, FOREIGN = Relation(0, counts=True), Relation(0)


def related(old, new):
    return amending.relations([old, new])[1]


@pytest.mark.parametrize(
    ("old", "new", "relation"),
    [
        ({}, {}, COUNTS),
        ({}, {"kind": 4}, COUNTS),
        ({}, {"kind": 5, "approved": False}, COUNTS),
        ({"kind": 2}, {}, COUNTS),
        ({"kind": 3}, {}, COUNTS),
        ({"kind": 4}, {}, FOREIGN),
        ({"kind": 4}, {"kind": 5}, COUNTS),
        ({"kind": 5}, {"kind": 5}, FOREIGN),
        ({"kind": 9}, {}, FOREIGN),
        ({"kind": None}, {}, FOREIGN),
        # by somebody else
        ({}, {"participant": TWO}, FOREIGN),
        ({}, {"kind": 4, "participant": TWO}, FOREIGN),
        ({}, {"kind": 5, "participant": TWO, "approved": True}, COUNTS),
        ({}, {"kind": 5, "participant": TWO, "approved": False}, FOREIGN),
        # by its place in the log
        ({}, {"index": 3}, FOREIGN),
        ({}, {"index": 2}, FOREIGN),
        ({}, {"index": None}, COUNTS),
        ({"index": None}, {"index": None}, COUNTS),
        ({"index": None}, {}, FOREIGN),
        # of nothing in the answer
        ({}, {"amends": "ab" * 32}, Relation()),
        ({}, {"amends": None}, Relation()),
        ({}, {"amends": 7}, Relation()),
        ({}, {"kind": 1}, Relation()),
        ({}, {"kind": 9}, Relation()),
        ({}, {"kind": None}, Relation()),
    ],
)
def test_who_may_amend_what(old, new, relation):
    assert related(replace(OLD, **old), replace(NEW, **new)) == relation


def test_what_stands_before_its_base_amends_nothing():
    assert amending.relations([NEW, OLD]) == [Relation(), Relation()]


def test_of_two_equal_records_the_first_is_amended():
    assert amending.relations([OLD, OLD, NEW])[2].base == 0


@pytest.mark.parametrize(
    ("kind", "body", "notice", "reason"),
    [
        (3, {"reason": "typo"}, "AMENDED", "typo"),
        (3, {}, "AMENDED", None),
        (4, {"reason": "did_not_occur"}, "WITHDRAWN", "did_not_occur"),
        (4, {"errorDeclaration": {"reason": "incorrect_data"}}, "WITHDRAWN", "incorrect_data"),
        (4, {"errorDeclaration": "x", "reason": 7}, "WITHDRAWN", None),
        (4, None, "WITHDRAWN", None),
        (5, {"basis": "PIPL-47", "reason": "x"}, "ERASED", "PIPL-47"),
    ],
)
def test_what_counts_is_told_with_who_and_why(kind, body, notice, reason):
    stated = [OLD, replace(NEW, kind=kind, body=body)]
    (told,) = amending.notices(stated, amending.relations(stated), [True, True])
    assert told.members() == {
        "notice": notice,
        "record": str(OLD.id),
        "by": str(NEW.id),
        "participant": str(ONE),
        "reason": reason,
    }


def test_what_does_not_hold_or_not_count_is_not_told():
    stated = [OLD, NEW, replace(NEW, participant=TWO)]
    related = amending.relations(stated)
    assert amending.notices(stated, related, [True, False, True]) == []


@pytest.mark.parametrize("kind", [*Kind, 9, None])
@pytest.mark.parametrize("given", [True, False])
def test_whose_approval_is_judged(kind, given):
    wanted = kind in (3, 4) or (kind == 5 and given)
    assert amending.needs_approval(kind, given) == wanted
