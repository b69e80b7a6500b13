"""Tags written by epcpy, which has nothing to do with ours, are read back as what was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.core import epc, tag
from tests.indexer.core import oracle

# None that a URN escapes and no colon: epcpy loses its way among some of them. The fixed examples have a slash.
LETTERS = "!'()*+,-.0123456789;=AZ_az"


def numbers(bits):
    return st.integers(0, 2**bits - 1).map(str)


@st.composite
def tags(draw):
    """Draw an EPC and a layout that holds it."""
    company = draw(st.integers(6, 12))
    prefix = f"{draw(st.integers(0, 10**company - 1)):0{company}d}"

    def reference(length):
        left = length - company
        return f"{draw(st.integers(0, 10**left - 1)):0{left}d}" if left else ""

    def text(longest):
        letters = draw(st.text(st.sampled_from(LETTERS), min_size=1, max_size=longest))
        return letters if letters.strip(".") else "a"  # dots alone are in no URL

    item = f"{prefix}.{reference(13)}"
    place, long = f"{prefix}.{reference(12)}", f"{prefix}.{reference(17)}"
    number = draw(numbers(38))
    return draw(
        st.sampled_from(
            [
                (f"id:sgtin:{item}.{number}", "SGTIN_96"),
                (f"id:sgtin:{item}.{text(20)}", "SGTIN_198"),
                (f"id:sscc:{long}", "SSCC_96"),
                (f"id:sgln:{place}.{draw(numbers(41))}", "SGLN_96"),
                (f"id:sgln:{place}.{text(20)}", "SGLN_195"),
                (f"id:grai:{place}.{number}", "GRAI_96"),
                (f"id:grai:{place}.{text(16)}", "GRAI_170"),
                (f"id:giai:{prefix}.{draw(numbers(39))}", "GIAI_96"),
                (f"id:giai:{prefix}.{text(18)}", "GIAI_202"),
                (f"id:gdti:{place}.{draw(numbers(41))}", "GDTI_96"),
                (f"id:gdti:{place}.{text(17)}", "GDTI_174"),
                (f"id:gsrn:{long}", "GSRN_96"),
                (f"id:gsrnp:{long}", "GSRNP_96"),
                (f"id:cpi:{prefix}.{draw(st.integers(0, 999))}.{draw(numbers(31))}", "CPI_96"),
                (f"id:itip:{item}.01.{draw(st.integers(1, 99)):02d}.{number}", "ITIP_110"),
                (f"id:itip:{item}.01.02.{text(20)}", "ITIP_212"),
            ]
        )
    )


@given(tags(), st.integers(0, 7))
def test_tags_are_read_as_what_others_wrote_on_them(drawn, level):
    urn, layout = drawn
    hexadecimal = oracle.tagged(urn, layout, level)
    found = tag.read(hexadecimal)
    assert found is not None
    assert epc.read(found) == epc.read(urn)
    assert tag.read(hexadecimal.lower()) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "30",
        "3074257BF7194E4000001A8",  # too short
        "3074257BF7194E4000001A850",  # too long
        "307C257BF7194E4000001A85",  # partition 7
        "3077FFFFF7194E4000001A85",  # a company of eight digits where seven are
        "3174257BF4499602D2000001",  # reserved bits
        "FF74257BF7194E4000001A85",  # no such header
        "3674257BF6B7A659B2C2BF100000000000000000000000000001",  # something behind the text
        "3674257BF6B780000000000000000000000000000000000000000"[:52],  # no text
        "３074257BF7194E4000001A85",
    ],
)
def test_what_does_not_fit_to_the_last_bit_is_no_tag(text):
    assert tag.read(text) is None


@given(st.text("0123456789ABCDEFabcdef", max_size=60))
def test_any_hex_is_read_or_left(text):
    found = tag.read(text)
    assert found is None or found.startswith("id:")
