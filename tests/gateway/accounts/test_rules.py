import pytest

from gateway.accounts.rules import ParticipantNameError, check_name


def test_a_name_is_one_to_two_hundred_printable_characters():
    check_name("佛山市禅溪热能科技有限公司")
    check_name("x" * 200)
    for wrong in ("", "x" * 201, " x", "x ", "a\nb", "a\0b", "\u202ex"):
        with pytest.raises(ParticipantNameError):
            check_name(wrong)
