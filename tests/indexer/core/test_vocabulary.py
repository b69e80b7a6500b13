import pytest

from indexer.core import vocabulary
from indexer.core.shape import ShapeError

STEP, DISPOSITION = vocabulary.BIZ_STEP, vocabulary.DISPOSITION


@pytest.mark.parametrize(
    ("check", "value"),
    [
        *(
            (STEP, step)
            for step in ("commissioning", "inspecting", "shipping", "receiving", "retail_selling")
        ),
        (STEP, "installing"),
        (STEP, "urn:epcglobal:cbv:bizstep:shipping"),
        (STEP, "https://ref.gs1.org/cbv/BizStep-shipping"),
        (STEP, "https://ns.gs1.org/cbv/BizStep-shipping"),
        (STEP, "https://suyuan.example/steps/flushing"),
        (DISPOSITION, "active"),
        (DISPOSITION, "conformant"),
        (DISPOSITION, "urn:epcglobal:cbv:disp:in_transit"),
        (DISPOSITION, "https://ref.gs1.org/cbv/Disp-retail_sold"),
        (vocabulary.BIZ_TRANSACTION, "testres"),
        (vocabulary.BIZ_TRANSACTION, "urn:epcglobal:cbv:btt:po"),
        (vocabulary.PARTY, "owning_party"),
        (vocabulary.PARTY, "https://ref.gs1.org/cbv/SDT-location"),
        (vocabulary.PARTY, "cbv:my_own_party"),
        (STEP, "cbv:BizStep-shipping"),
        (STEP, "acme:leak_testing"),
        (DISPOSITION, "urn:epcglobal:cbv:disp:non_sellable_expired"),
        (vocabulary.REASON, "did_not_occur"),
        (vocabulary.REASON, "https://ref.gs1.org/cbv/ER-incorrect_data"),
        (vocabulary.COMPONENT, "azimuth"),
        (vocabulary.COMPONENT, "cbv:Comp-latitude"),
        (vocabulary.ALERT, "ALARM_CONDITION"),
        (vocabulary.ALERT, "gs1:ERROR_CONDITION"),
    ],
)
def test_words_are_known_by_name_and_by_uri(check, value):
    check(value, "/x")


@pytest.mark.parametrize(
    ("check", "value"),
    [
        *(
            (STEP, value)
            for value in ("baking", "Shipping", "active", "", "ship ping", 1, None, ["shipping"])
        ),
        (STEP, "urn:epcglobal:cbv:bizstep:baking"),
        (STEP, "urn:epcglobal:cbv:disp:active"),
        (STEP, "https://ref.gs1.org/cbv/BizStep-"),
        (STEP, "https://ref.gs1.org/cbv/Disp-active"),
        (DISPOSITION, "https://ref.gs1.org/cbv/BizStep-shipping"),
        (DISPOSITION, "shipping"),
        (vocabulary.PARTY, "owner"),
        (STEP, "cbv:BizStep-baking"),
        (STEP, "cbv:Disp-active"),
        (DISPOSITION, "non_sellable_expired"),
        (vocabulary.REASON, "because"),
        (vocabulary.COMPONENT, "left"),
        (vocabulary.ALERT, "HOT"),
    ],
)
def test_words_nobody_defined_are_refused(check, value):
    with pytest.raises(ShapeError) as caught:
        check(value, "/x")
    assert caught.value.place == "/x"


@pytest.mark.parametrize(
    ("kind", "prefix", "words"),
    [
        ("bizstep", "BizStep", vocabulary._BIZ_STEPS),
        ("disp", "Disp", vocabulary._DISPOSITIONS),
        ("btt", "BTT", vocabulary._BIZ_TRANSACTIONS),
        ("sdt", "SDT", vocabulary._PARTIES),
        ("er", "ER", vocabulary._REASONS),
        ("comp", "Comp", vocabulary._COMPONENTS),
    ],
)
def test_all_spellings_of_a_word_are_one(kind, prefix, words):
    for word in words:
        spelt = [
            word,
            f"urn:epcglobal:cbv:{kind}:{word}",
            f"https://ref.gs1.org/cbv/{prefix}-{word}",
            f"http://ns.gs1.org/cbv/{prefix}-{word}",
            f"cbv:{prefix}-{word}",
        ]
        assert {vocabulary.short(one) for one in spelt} == {word}


@pytest.mark.parametrize(
    ("value", "short"),
    [
        ("Temperature", "Temperature"),
        ("gs1:Temperature", "Temperature"),
        ("gs1:MT-Temperature", "Temperature"),
        ("https://gs1.org/voc/MeasurementType-Temperature", "Temperature"),
        ("https://www.gs1.org/voc/Temperature", "Temperature"),
        ("https://gs1.org/voc/ALARM_CONDITION", "ALARM_CONDITION"),
        ("suyuan:GasTightness", "suyuan:GasTightness"),
        ("cbv:my_own_party", "cbv:my_own_party"),
        ("https://acme.example/BizStep-shipping", "https://acme.example/BizStep-shipping"),
        ("https://ref.gs1.org/cbv/BizStep-", "https://ref.gs1.org/cbv/BizStep-"),
        ("", ""),
    ],
)
def test_words_of_ones_own_stay_whole(value, short):
    assert vocabulary.short(value) == short
    assert vocabulary.short(short) == short


def test_the_lists_are_whole():
    """As many words as Core Business Vocabulary 2.0 defines."""
    assert [
        len(words)
        for words in (
            vocabulary._BIZ_STEPS,
            vocabulary._DISPOSITIONS,
            vocabulary._BIZ_TRANSACTIONS,
            vocabulary._PARTIES,
            vocabulary._REASONS,
        )
    ] == [41, 33, 13, 3, 2]
