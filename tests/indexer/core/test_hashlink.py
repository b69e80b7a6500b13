import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.core import code
from indexer.core.hashlink import spell
from tests.indexer.core.cases import load, title


@pytest.mark.parametrize("case", load("code", "read"), ids=title)
def test_a_key_is_spelt_as_its_canonical_code_but_for_three_characters(case):
    if case["canonical"].startswith(code.CANONICAL_HOST) and ":" in case["text"][:6]:
        plain = case["canonical"].replace("%27", "'").replace("%3B", ";").replace("%3D", "=")
        assert spell(case["text"]) == plain


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("urn:epc:id:sgcn:6945000.00005.44", "255/694500000005344"),
        ("urn:epc:idpat:sgcn:6945000.00005.*", "255/6945000000053"),
        ("urn:epc:id:gsin:6945000.000000012", "402/69450000000000121"),
        ("urn:epc:id:ginc:6945000.C%2F9(1)", "401/6945000C%2F9%281%29"),
        ("http://acme.example/a/b/401/6945000C9?c=d", "401/6945000C9"),
        ("https://acme.example/gsin/69450000000000121#e", "402/69450000000000121"),
        ("https://acme.example/gtin/06945000000015/cpv/2A/lot/L/ser/S", "01/06945000000015/21/S"),
    ],
)
def test_keys_that_are_not_traced_and_words_for_numbers_are_spelt_too(text, link):
    assert spell(text) == f"https://id.gs1.org/{link}"


@pytest.mark.parametrize(
    "text",
    [
        "urn:epc:id:sgcn:6945000.0005.44",
        "urn:epc:id:gsin:6945000.12",
        "urn:epc:id:ginc:69.C9",
        "urn:epc:id:bic:MSCU1234567",
        "urn:epc:id:sscc:08600031303.0005",
        "https://id.gs1.org/01/06945000000016",
        "https://acme.example/402/6945",
        "https://acme.example/ser/7",
        "https://acme.example/E=1009647007264657137080782",
    ],
)
def test_what_is_no_key_stands_for_itself(text):
    assert spell(text) == text


@given(st.text(max_size=60).map("urn:epc:id:sgtin:6945000.000001.".__add__))
def test_spelling_again_changes_nothing(text):
    assert spell(spell(text)) == spell(text)
