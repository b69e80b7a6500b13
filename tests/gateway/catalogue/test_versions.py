"""Which version counts, by rows alone: no order of rows changes it, and no chain of corrections goes on for ever."""

import itertools
from collections import namedtuple
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue import versions
from indexer.core import canonical
from tests.gateway.catalogue.stating import material, site_data
from tests.gateway.making import event, product

Row: Any = namedtuple("Row", "id kind digest content participant")
ME, YOU = UUID(int=1), UUID(int=2)


def row(number, body, *, kind=2, amends=None, who=ME):
    content = {"body": body, **({"amends": digest(amends).hex()} if amends else {})}
    return Row(UUID(int=number), kind, digest(number), canonical.encode(content), who)


def digest(number):
    return number.to_bytes(32)


def ids(rows):
    return [one.id.int for one in rows]


def test_the_newest_stands_first():
    rows = [row(1, product()), row(2, product()), row(3, event(), kind=1)]
    assert ids(versions.standing(rows)) == [2, 1]


def test_a_correction_stands_where_its_base_stood_whatever_comes_between():
    rows = [
        row(1, product()),
        row(2, product()),
        row(3, product(), kind=3, amends=1),
        row(4, product(), kind=3, amends=3),
        row(5, {"reason": "x"}, kind=4, amends=2),
    ]
    assert ids(versions.standing(rows)) == [4]
    assert ids(versions.standing(rows[:4])) == [2, 4]


def test_another_participants_correction_counts_for_nothing():
    rows = [row(1, product()), row(2, product(), kind=3, amends=1, who=YOU)]
    assert ids(versions.standing(rows)) == [2, 1]


@given(
    st.permutations(range(6)),
    st.lists(st.sampled_from([None, 1, 2, 3, 4, 5, 6]), min_size=6, max_size=6),
)
def test_order_changes_nothing_and_circles_end(order, amended):
    rows = [
        row(at, product(), kind=3 if base else 2, amends=base) for at, base in enumerate(amended, 1)
    ]
    shuffled = [rows[at] for at in order]
    assert ids(versions.standing(shuffled)) == ids(versions.standing(rows))


def test_who_is_heard():
    mine, yours = row(2, product()), row(3, product(), who=YOU)
    bought = row(1, material(), who=YOU)
    for rows in itertools.permutations([bought, mine, yours]):
        assert ids(versions.heard(rows, None)) == [2]
        assert ids(versions.heard(rows, YOU)) == [3]
        assert ids(versions.heard(rows, UUID(int=9))) == [2]
    assert ids(versions.heard([bought, row(4, material())], None)) == [1]
    assert versions.heard([row(1, event(), kind=1)], None) == []


def test_what_was_altered_beyond_reading_comes_to_the_fore():
    broken: Any = Row(UUID(int=5), 2, digest(5), b"\xff", ME)
    assert versions.is_master(broken)
    assert versions.schema(broken) is None
    assert versions.codes(broken) == set()
    assert ids(versions.heard([row(1, site_data()), broken], None)) == [5]


def test_what_a_body_describes_is_read_from_what_is_open():
    assert versions.codes(row(1, product())) == {"https://id.gs1.org/01/06945000000015"}
    assert versions.codes(row(1, {"type": "Product", "_sd": ["x"]})) == set()
    assert versions.codes(row(1, product(gtin="1"))) == set()
    assert versions.schema(row(1, product(), kind=4, amends=2)) is None
