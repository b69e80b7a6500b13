import pytest

from gateway.accounts.rules import (
    CreditCodeError,
    ParticipantNameError,
    check_credit_code,
    check_name,
)


@pytest.mark.parametrize(
    "credit_code",
    ["91110000600037341L", "91440605MACX7R1K0J", "91440101MALR5N2P7G", "91440300MAAJ8T3Q77"],
)
def test_codes_with_the_right_check_character_pass(credit_code):
    check_credit_code(credit_code)


@pytest.mark.parametrize("letter", "IOSVZ")
def test_letters_that_look_like_digits_are_refused(letter):
    with pytest.raises(CreditCodeError, match="without I, O, S, V and Z"):
        check_credit_code("9111000060003734" + letter + "L")


def test_every_other_character_in_one_place_is_refused():
    code = "91110000600037341L"
    for at in range(18):
        for mark in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            if mark != code[at]:
                with pytest.raises(CreditCodeError):
                    check_credit_code(code[:at] + mark + code[at + 1 :])


@pytest.mark.parametrize(
    "credit_code", ["", "91110000600037341", "91110000600037341LL", "91110000600037341l"]
)
def test_other_lengths_and_small_letters_are_refused(credit_code):
    with pytest.raises(CreditCodeError) as error:
        check_credit_code(credit_code)
    assert error.value.place == "/creditCode"


def test_a_name_is_one_to_two_hundred_printable_characters():
    check_name("佛山市禅溪热能科技有限公司")
    check_name("x" * 200)
    for wrong in ("", "x" * 201, " x", "x ", "a\nb", "a\0b", "\u202ex"):
        with pytest.raises(ParticipantNameError):
            check_name(wrong)
