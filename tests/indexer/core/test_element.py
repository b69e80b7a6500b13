"""Element strings by the cuts they need; which codes they are is in code.v2.json."""

import pytest

from indexer.core import element
from indexer.core.gs1 import Gs1Error, Key

GTIN = "0106901234567892"
LOT = Key("01", "06901234567892", "10", "L")


@pytest.mark.parametrize(
    "before",
    [
        "17341130",  # a date
        "2001",  # a variant
        "3103001250",  # a weight
        "4150614141073467",  # a place that is paid
        "0206901234567892",  # content
        "37" + "12\x1d",  # how many
        "240A1\x1d",  # three digits
        "422156\x1d",
        "7003261231235959\x1d",  # four
        "8200http://x\x1d",
        "3912000100\x1d",  # unlike other weights and amounts, not of a fixed length
        "91anything\x1d",
    ],
)
def test_what_stands_before_is_cut_off_where_it_ends(before):
    assert element.bare(f"{GTIN}{before}10L") == LOT
    if not before.endswith("\x1d"):
        assert element.bare(f"{GTIN}{before}\x1d10L") == LOT


def test_without_a_separator_the_rest_belongs_to_the_value():
    assert element.bare(GTIN + "21S10L") == Key("01", "06901234567892", "21", "S10L")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x1d",
        "]C1",
        "]C1\x1d\x1d",
        GTIN + "99",
        GTIN + "310\r200100",
        GTIN + "5012",
        "]Q1" + GTIN,
    ],
)
def test_other_texts_are_refused(text):
    with pytest.raises(Gs1Error):
        element.bare(text)


def test_brackets_say_where_elements_begin():
    assert element.bracketed("(01)06901234567892(17)341130(10)L") == LOT
    with pytest.raises(Gs1Error):
        element.bracketed("01(01)06901234567892")
