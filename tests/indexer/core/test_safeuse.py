"""Years and last days by the vectors that the browser runs too, and what holds of all of them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.core import safeuse
from tests.indexer.core.cases import OBJECTS, load, ops, title


@pytest.mark.parametrize("case", load("safeuse", "years"), ids=title)
def test_a_products_years(case):
    found = safeuse.years(case["product"])
    assert (None if found is None else list(found)) == case["years"]


@pytest.mark.parametrize("case", load("safeuse", "until"), ids=title)
def test_the_last_day(case):
    end = safeuse.until(date.fromisoformat(case["sold"]), case["years"])
    assert (None if end is None else end.isoformat()) == case["until"]


def test_every_operation_is_run():
    assert ops("safeuse") == {"years", "until"}


@given(st.dates(max_value=date(9800, 1, 1)), st.integers(1, 100))
def test_the_last_day_has_the_same_date_or_is_the_end_of_february(sold, years):
    end = safeuse.until(sold, years)
    assert end is not None
    assert end.year == sold.year + years
    same = (end.month, end.day) == (sold.month, sold.day)
    assert same or ((sold.month, sold.day) == (2, 29) and (end.month, end.day) == (2, 28))
    # A later sale never ends earlier.
    after = safeuse.until(sold + timedelta(days=1), years)
    assert after is not None
    assert after >= end


@given(OBJECTS)
def test_any_product_has_an_answer(product):
    found = safeuse.years(product)
    assert found is None or 1 <= found[0] <= 100
