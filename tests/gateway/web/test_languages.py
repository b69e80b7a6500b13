"""Which language a reader gets, and that no word is missing in one."""

import pytest

from gateway.web import languages


@pytest.mark.parametrize(
    ("asked", "accepted", "expected"),
    [
        (None, "", "zh"),
        (None, "fr", "zh"),
        (None, "en-GB,en;q=0.9", "en"),
        (None, "en;q=0.5, zh-CN;q=0.8", "zh"),
        (None, "zh;q=0, en;q=0.1", "en"),
        (None, "en;q=nonsense", "zh"),
        ("en", "zh", "en"),
        ("zh", "en", "zh"),
        ("de", "en", "en"),
    ],
)
def test_the_language_is_the_one_asked_for_else_preferred_else_chinese(asked, accepted, expected):
    assert languages.choose(asked, accepted) == expected


def test_every_word_is_there_in_both_languages():
    for table in (languages.STEPS, languages.CATEGORIES, languages.MEASURES, languages.FIELDS):
        for chinese, english in table.values():
            assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
            assert english.isascii()


def test_an_unknown_word_answers_as_itself():
    assert languages.word(languages.STEPS, "void_shipping", "en") == "Shipping voided"
    assert languages.word(languages.STEPS, "own_step", "zh") == "own step"
