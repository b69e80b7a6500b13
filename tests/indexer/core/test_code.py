import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.core import code, gs1
from indexer.core.code import Code, Scheme
from indexer.core.errors import InputError
from tests.indexer.core.cases import load, ops, title

AI82 = "!\"%&'()*+,-./0123456789:;<=>?ABCXYZ_abcxyz"
TEXTS = st.text(st.sampled_from(AI82), min_size=1, max_size=20).filter(
    lambda text: text not in (".", "..")
)
GTINS = st.integers(0, 10**13 - 1).map(
    lambda number: f"{number:013d}" + gs1.check_digit(f"{number:013d}")
)


@pytest.mark.parametrize("case", load("code", "read"), ids=title)
def test_codes_are_read_as_fixed(case):
    read = code.parse(case["text"])
    assert read == Code(Scheme(case["scheme"]), case["key"], case["extension"])
    assert code.canonical(read) == case["canonical"] == str(read)
    assert code.parse(case["canonical"]) == read
    parent = code.parent(read)
    assert (parent and code.canonical(parent)) == case["parent"]
    assert code.path(read) == case["path"]


@pytest.mark.parametrize("case", load("code", "refuse"), ids=title)
def test_other_texts_are_refused(case):
    with pytest.raises(InputError) as caught:
        code.parse(case["text"])
    assert caught.value.code == case["error"]


def test_every_operation_of_the_vectors_is_run():
    assert ops("code") == {"read", "refuse"}


def test_labels_carry_the_code_at_any_host():
    serial = code.parse("(01)06945000000015(21)SN 1".replace(" ", "/"))
    url = code.digital_link(serial, "https://trace.example/")
    assert url == "https://trace.example/01/06945000000015/21/SN%2F1"
    assert code.parse(url) == serial
    assert (
        code.digital_link(code.parse("300121aB"), "http://127.0.0.1:8000")
        == "http://127.0.0.1:8000/E/300121aB"
    )
    assert (
        code.digital_link(code.parse("urn:x:a/b"), "https://t.example")
        == "https://t.example/q/urn%3Ax%3Aa%2Fb"
    )


def test_trade_items_know_their_gtin():
    assert code.parse("https://id.gs1.org/01/06945000000015/21/1").gtin == "06945000000015"
    assert code.parse("https://id.gs1.org/01/06945000000015/10/1").gtin == "06945000000015"
    assert code.parse("(00)106141411234567897").gtin is None


@given(GTINS, TEXTS, st.sampled_from(["21", "10"]))
def test_all_spellings_of_one_thing_are_one_code(gtin, extension, qualifier):
    made = code.parse(
        gs1.Key("01", gtin, qualifier, extension).path().join(["https://a.example/x", "?17=341130"])
    )
    assert (made.key, made.extension) == (gtin, extension)
    assert code.parse(code.canonical(made)) == made
    assert code.parse(code.digital_link(made, "https://b.example")) == made
    scheme = "id:sgtin" if qualifier == "21" else "class:lgtin"
    escaped = "".join(f"%{ord(one):02X}" if one in '"%&/<>?' else one for one in extension)
    assert code.parse(f"urn:epc:{scheme}:{gtin[1:8]}.{gtin[0]}{gtin[8:13]}.{escaped}") == made
    if "(" not in extension:
        assert code.parse(f"(01){gtin}({qualifier}){extension}") == made


@given(GTINS, st.integers(0, 13), st.integers(1, 9))
def test_no_altered_digit_of_a_gtin_survives(gtin, at, change):
    altered = gtin[:at] + str((int(gtin[at]) + change) % 10) + gtin[at + 1 :]
    with pytest.raises(gs1.CheckDigitError):
        code.parse(altered)


PIECES = [
    *(
        "https://",
        "/01/",
        "/21/",
        "/10/",
        "/414/",
        "/254/",
        "/00/",
        "id.gs1.org",
        "?",
        "#",
        "%",
        "%2F",
        "E=",
        "/E/",
    ),
    *(
        "urn:epc:id:",
        "sgtin:",
        "sgln:",
        "sscc:",
        "urn:x-suyuan:ecode:",
        "6901234567892",
        "06901234567892",
        "(01)",
    ),
    *("(21)", "(", ")", ".", "*", "水", "０", " ", "\n", "[", "1", "10064", "4", "\ud800", "\0"),
]


@given(
    st.one_of(
        st.text(max_size=20),
        st.lists(st.sampled_from([*PIECES, *string.digits]), max_size=7).map("".join),
    )
)
def test_hostile_texts_are_read_or_refused(text):
    try:
        read = code.parse(text)
    except InputError as error:
        str(error).encode(errors="replace")
        return
    assert code.parse(code.canonical(read)) == read
    code.digital_link(read, "https://trace.example").encode("ascii")
