import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.core import gs1
from indexer.core.gs1 import Key


@pytest.mark.parametrize(
    ("digits", "check"),
    [
        ("690123456789", "2"),
        ("0690123456789", "2"),
        ("1690123456789", "9"),
        ("2690123456789", "6"),
        ("10614141123456789", "7"),
        ("061414107346", "7"),
        ("401234500011", "5"),
        ("0952123454321", "3"),
        ("0950600013435", "2"),
        ("694500000001", "5"),
        ("694500000002", "2"),
        ("694500000003", "9"),
    ],
)
def test_check_digits_of_published_keys(digits, check):
    assert gs1.check_digit(digits) == check


@given(st.integers(0, 10**16), st.integers(0, 15))
def test_swapped_neighbours_are_found_unless_five_apart(number, at):
    digits = f"{number:017d}"
    first, second = digits[at], digits[at + 1]
    swapped = digits[:at] + second + first + digits[at + 2 :]
    same = (int(first) - int(second)) % 5 == 0
    assert (gs1.check_digit(swapped) == gs1.check_digit(digits)) == same


def test_a_serial_number_is_finer_than_a_lot_and_a_variant_names_nothing():
    segments = ["01", "06901234567892", "22", "V", "10", "L", "21", "S"]
    assert gs1.link(segments) == Key("01", "06901234567892", "21", "S")
    assert gs1.link(segments[:6]) == Key("01", "06901234567892", "10", "L")
    assert gs1.link(segments[:4]) == Key("01", "06901234567892")


@pytest.mark.parametrize(
    "segments", [[], ["01"], ["a", "b"], ["02", "06901234567892"], ["01", "1234567"], ["01", "x"]]
)
def test_paths_without_a_key_are_not_links(segments):
    assert gs1.link(segments) is None


def test_urns_of_other_schemes_are_left_alone():
    assert gs1.urn("id:grai:0614141.12345.400") is None
    assert gs1.urn("tag:sgtin-96:3.0614141.812345.6789") is None


def test_paths_escape_all_but_unreserved_characters():
    assert (
        Key("01", "06901234567892", "21", "a/b_c.d-1%").path()
        == "/01/06901234567892/21/a%2Fb_c.d-1%25"
    )
