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
    ],
)
def test_words_nobody_defined_are_refused(check, value):
    with pytest.raises(ShapeError) as caught:
        check(value, "/x")
    assert caught.value.place == "/x"
