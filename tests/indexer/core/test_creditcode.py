import pytest
from hypothesis import given

from indexer.core import creditcode
from indexer.core.creditcode import ALPHABET, CreditCodeError
from tests.indexer.core.cases import JSON


@pytest.mark.parametrize(
    "credit_code",
    ["91110000600037341L", "91440605MACX7R1K0J", "91440101MALR5N2P7G", "91440300MAAJ8T3Q77"],
)
def test_codes_with_the_right_check_character_pass(credit_code):
    creditcode.check(credit_code, "/creditCode")


@pytest.mark.parametrize("letter", "IOSVZ")
def test_letters_that_look_like_digits_are_refused(letter):
    with pytest.raises(CreditCodeError, match="without I, O, S, V and Z"):
        creditcode.check("9111000060003734" + letter + "L", "")


def test_every_other_character_in_one_place_is_refused():
    code = "91110000600037341L"
    for at in range(18):
        for mark in ALPHABET:
            if mark != code[at]:
                with pytest.raises(CreditCodeError):
                    creditcode.check(code[:at] + mark + code[at + 1 :], "")


@pytest.mark.parametrize(
    "credit_code", ["", "91110000600037341", "91110000600037341LL", "91110000600037341l"]
)
def test_other_lengths_and_small_letters_are_refused(credit_code):
    with pytest.raises(CreditCodeError) as error:
        creditcode.check(credit_code, "/creditCode")
    assert error.value.place == "/creditCode"


@given(JSON)
def test_what_is_no_text_is_refused_and_no_more(value):
    if not isinstance(value, str) or len(value) != 18:
        with pytest.raises(CreditCodeError):
            creditcode.check(value, "")
