import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.exchange import patterns
from gateway.exchange.patterns import Pattern
from indexer.core import code


def read(text: str, *, classes: bool = False) -> Pattern:
    pattern = patterns.read(text, classes=classes)
    assert pattern is not None
    return pattern


# Each code as a URN, and patterns that name it.
MATCHING = {
    "urn:epc:id:sgtin:0614141.107346.2017": ("0614141.107346.*", "0614141.*.*", "*.*.*"),
    "urn:epc:id:sgtin:0614141.107346.a%2Fb": ("0614141.107346.*", "0614141.*.*"),
    "urn:epc:id:sscc:0614141.1234567890": ("0614141.*", "*.*"),
    "urn:epc:id:sgln:0614141.07346.1234": ("0614141.07346.*", "0614141.*.1234"),
    "urn:epc:id:sgln:0614141.07346.0": ("0614141.07346.*", "0614141.07346.0", "0614141.*.0"),
    "urn:epc:id:pgln:0614141.00777": ("0614141.*",),
    "urn:epc:id:grai:0614141.12345.400": ("0614141.12345.*", "0614141.*.*"),
    "urn:epc:id:giai:0614141.12345400": ("0614141.*",),
    "urn:epc:id:gdti:0614141.12345.400": ("0614141.12345.*", "0614141.*.*"),
    "urn:epc:id:gsrn:0614141.0123456789": ("0614141.*",),
    "urn:epc:id:cpi:0614141.123ABC.123456789": ("0614141.123ABC.*", "0614141.*.*"),
    "urn:epc:id:itip:4012345.012345.01.02.987": ("4012345.012345.01.02.*", "4012345.*.*.*.*"),
    "urn:epc:id:upui:1234567.098765.51qIgY": ("1234567.098765.*", "1234567.*.*"),
    "urn:epc:id:ginc:0614141.xyz3311cba": ("0614141.*",),
}


@pytest.mark.parametrize("urn", MATCHING)
def test_a_pattern_matches_a_code_as_urn_and_as_digital_link(urn):
    scheme = urn.split(":")[3]
    for fields in MATCHING[urn]:
        pattern = read(f"urn:epc:idpat:{scheme}:{fields}")
        assert pattern.matches(urn), fields
        assert pattern.matches(code.canonical(code.read(urn))), fields


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("urn:epc:idpat:sgtin:0614141.107346.*", "urn:epc:id:sgtin:0614141.107347.2017"),
        ("urn:epc:idpat:sgtin:0614142.*.*", "urn:epc:id:sgtin:0614141.107346.2017"),
        ("urn:epc:idpat:sgtin:0614141.*.*", "https://id.gs1.org/01/06945000000015/21/1"),
        ("urn:epc:idpat:sscc:0614141.*", "urn:epc:id:sgtin:0614141.107346.2017"),
        ("urn:epc:idpat:sgtin:0614141.107346.*", "https://id.gs1.org/01/10614141073464"),
        ("https://id.gs1.org/01/06945000000015/21/1", "https://id.gs1.org/01/06945000000015/21/2"),
    ],
)
def test_a_pattern_matches_nothing_else(pattern, text):
    assert not read(pattern).matches(text)


def test_a_pattern_of_all_serials_names_the_class_where_classes_are_asked_for():
    pattern = read("urn:epc:idpat:sgtin:0614141.107346.*", classes=True)
    assert pattern.exact == "https://id.gs1.org/01/10614141073464"
    wider = read("urn:epc:idpat:sgtin:4012345.*.*", classes=True)
    assert wider.matches("urn:epc:class:lgtin:4012345.012345.998877")
    assert not wider.matches("urn:epc:id:sgtin:4012345.012345.998877")


@pytest.mark.parametrize(
    "text",
    [
        "urn:epc:idpat:sgtin:0614141.107346.2017",
        "urn:epc:id:sgtin:0614141.107346.2017",
        "https://example.com/01/10614141073464/21/2017?x=1",
    ],
)
def test_what_has_no_wildcard_is_one_code_to_look_up(text):
    pattern = read(text)
    assert pattern.exact == "https://id.gs1.org/01/10614141073464/21/2017"
    assert pattern.matches("(01)10614141073464(21)2017")


def test_nothing_and_half_a_pattern_are_refused():
    assert patterns.read("", classes=False) is None
    assert patterns.read("urn:epc:idpat:sgtin:*", classes=False) is None


@given(st.text(alphabet="*.0123456789aZ:/%", max_size=40), st.text(max_size=40))
def test_whatever_is_asked_gets_an_answer(rest, text):
    for scheme in ("sgtin", "lgtin", "itip", "sgln", "giai", "unknown"):
        pattern = patterns.read(f"urn:epc:idpat:{scheme}:{rest}", classes=False)
        assert pattern is None or pattern.matches(text) in (True, False)
