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
    path = "/01/06901234567892/22/V"
    assert gs1.link(path + "/10/L/21/S") == Key("01", "06901234567892", "21", "S")
    assert gs1.link(path + "/10/L") == Key("01", "06901234567892", "10", "L")
    assert gs1.link(path) == Key("01", "06901234567892")


@pytest.mark.parametrize(
    "path",
    ["", "/01", "/a/b", "/02/06901234567892", "/01/1234567", "/01/x", "/8004/abc", "/253/1234567"],
)
def test_paths_without_a_key_are_not_links(path):
    assert gs1.link(path) is None


def test_the_first_key_of_a_path_is_its_key():
    assert gs1.link("/00/01/06901234567892/21/S") == Key("01", "06901234567892", "21", "S")
    assert gs1.link("/8004/brochure/8004/0614141A") == Key("8004", "0614141A")


def test_a_serial_number_may_be_part_of_its_key():
    key = gs1.link("/8003/00614141123452a%2Fb")
    assert key == Key("8003", "00614141123452", "", "a/b")
    assert key.elements() == [("8003", "00614141123452a/b")]
    assert key.path() == "/8003/00614141123452a%2Fb"


@pytest.mark.parametrize(
    ("ai", "value"),
    [
        ("8006", "040123451234560002"),
        ("8006", "040123451234560201"),
        ("8004", "061A"),
        ("8010", "0614141a"),
        ("253", "0614141123452" + "x" * 18),
    ],
)
def test_keys_of_another_form_are_refused(ai, value):
    with pytest.raises(gs1.Gs1Error):
        gs1.key(ai, value, {})


def test_paths_escape_all_but_unreserved_characters():
    assert (
        Key("01", "06901234567892", "21", "a/b_c.d-1%").path()
        == "/01/06901234567892/21/a%2Fb_c.d-1%25"
    )
