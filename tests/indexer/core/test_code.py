import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.core import code, element, gs1
from indexer.core.code import Code, Level, Scheme
from indexer.core.errors import InputError
from tests.indexer.core.cases import load, ops, title

AI82 = "!\"%&'()*+,-./0123456789:;<=>?ABCXYZ_abcxyz"
AI39 = "#-/0123456789ABCXYZ"
GS = element.SEPARATOR


def digits(length):
    """Numbers of so many digits, their check digit last."""
    return st.integers(0, 10 ** (length - 1) - 1).map(
        lambda number: f"{number:0{length - 1}d}" + gs1.check_digit(f"{number:0{length - 1}d}")
    )


def texts(longest, letters=AI82):
    return st.text(st.sampled_from(letters), min_size=1, max_size=longest).filter(
        lambda text: text not in (".", "..")
    )


TEXTS = texts(20)
GTINS = digits(14)
NUMBERS = st.integers(0, 10**12 - 1).map(str)
PIECES = st.integers(1, 99).flatmap(
    lambda total: st.integers(1, total).map(lambda piece: f"{piece:02d}{total:02d}")
)
PREFIXES = st.integers(0, 10**6 - 1).map(lambda number: f"{number:06d}")


def escaped(text):
    return "".join(f"%{ord(one):02X}" if one in '"%&/<>?#' else one for one in text)


def split(number, length, front=0):
    """Spell digits as a URN does: the digit in front of the reference goes in front of its field."""
    front_digit, number = number[:front], number[front:]
    return f"{number[:length]}.{front_digit}{number[length:]}"


@st.composite
def keys(draw):
    """Draw a thing: its elements, and its URN; both written down here, apart from the code under test."""
    company = draw(st.integers(6, 12))
    gtin, lot, piece = draw(GTINS), draw(TEXTS), draw(PIECES)
    item, long, short = split(gtin[:-1], company, 1), draw(digits(18)), draw(digits(13))
    serial, third = draw(TEXTS), draw(texts(28))
    grai, gdti = draw(st.one_of(st.just(""), texts(16))), draw(st.one_of(st.just(""), texts(17)))
    asset, part, number = draw(texts(18)), draw(texts(18, AI39)), draw(NUMBERS)
    prefix = draw(PREFIXES)
    return draw(
        st.sampled_from(
            [
                ([("01", gtin)], f"idpat:sgtin:{item}.*"),
                ([("01", gtin), ("21", serial)], f"id:sgtin:{item}.{escaped(serial)}"),
                ([("01", gtin), ("10", lot)], f"class:lgtin:{item}.{escaped(lot)}"),
                ([("01", gtin), ("235", third)], f"id:upui:{item}.{escaped(third)}"),
                ([("8006", gtin + piece)], f"idpat:itip:{item}.{piece[:2]}.{piece[2:]}.*"),
                (
                    [("8006", gtin + piece), ("21", serial)],
                    f"id:itip:{item}.{piece[:2]}.{piece[2:]}.{escaped(serial)}",
                ),
                ([("8006", gtin + piece), ("10", lot)], None),
                ([("00", long)], f"id:sscc:{split(long[:-1], company, 1)}"),
                ([("414", short)], f"id:sgln:{split(short[:-1], company)}.0"),
                (
                    [("414", short), ("254", "x" + lot[:19])],
                    f"id:sgln:{split(short[:-1], company)}.x{escaped(lot[:19])}",
                ),
                ([("417", short)], f"id:pgln:{split(short[:-1], company)}"),
                (
                    [("253", short + gdti)],
                    f"id:gdti:{split(short[:-1], company)}.{escaped(gdti)}"
                    if gdti
                    else f"idpat:gdti:{split(short[:-1], company)}.*",
                ),
                (
                    [("8003", "0" + short + grai)],
                    f"id:grai:{split(short[:-1], company)}.{escaped(grai)}"
                    if grai
                    else f"idpat:grai:{split(short[:-1], company)}.*",
                ),
                ([("8004", prefix + asset)], f"id:giai:{prefix}.{escaped(asset)}"),
                ([("8010", prefix + part)], f"idpat:cpi:{prefix}.{escaped(part)}.*"),
                (
                    [("8010", prefix + part), ("8011", number)],
                    f"id:cpi:{prefix}.{escaped(part)}.{number}",
                ),
                ([("8018", long)], f"id:gsrn:{split(long[:-1], company)}"),
                ([("8017", long)], f"id:gsrnp:{split(long[:-1], company)}"),
            ]
        )
    )


@pytest.mark.parametrize(
    "case", [*load("code", "read"), *load("code", "read", version=2)], ids=title
)
def test_codes_are_read_as_fixed(case):
    read = code.parse(case["text"])
    if case.get("until", code.VERSION) < code.VERSION:
        assert read.scheme != Scheme(case["scheme"])
        return
    assert read == Code(Scheme(case["scheme"]), case["key"], case["extension"])
    assert code.canonical(read) == case["canonical"] == str(read)
    assert code.parse(case["canonical"]) == code.read(case["text"]) == read
    parent = code.parent(read)
    assert (parent and code.canonical(parent)) == case["parent"]
    assert code.path(read) == case["path"]
    assert code.level(read) == case.get("level", code.level(read))


@pytest.mark.parametrize(
    "case", [*load("code", "refuse"), *load("code", "refuse", version=2)], ids=title
)
def test_other_texts_are_refused(case):
    with pytest.raises(InputError) as caught:
        code.parse(case["text"])
    assert caught.value.code == case["error"]


@pytest.mark.parametrize("case", load("code", "lenient", version=2), ids=title)
def test_in_events_a_urn_whose_digits_do_not_fit_stands_for_itself(case):
    with pytest.raises(gs1.Gs1Error):
        code.parse(case["text"])
    read = code.read(case["text"])
    assert read == Code(Scheme.URI, case["text"])
    assert code.read(code.canonical(read)) == read
    assert code.level(read) == case["level"]


@pytest.mark.parametrize("case", load("code", "strict", version=2), ids=title)
def test_no_other_spelling_is_read_leniently(case):
    with pytest.raises(InputError) as caught:
        code.read(case["text"])
    assert caught.value.code == case["error"]


def test_every_operation_of_the_vectors_is_run():
    assert ops("code") == {"read", "refuse"}
    assert ops("code", version=2) == {"read", "refuse", "lenient", "strict"}


@pytest.mark.parametrize(
    ("text", "level", "traceable"),
    [
        ("6901234567892", Level.CLASS, False),
        ("(01)06901234567892(10)L", Level.LOT, True),
        ("(01)06901234567892(21)S", Level.INSTANCE, True),
        ("(8003)00614141123452", Level.CLASS, False),
        ("(8003)00614141123452S", Level.INSTANCE, True),
        ("(414)0614141073467", Level.PLACE, False),
        ("(417)0614141073467", Level.PARTY, False),
        ("(8018)061414112345678902", Level.PARTY, False),
        ("urn:epc:idpat:sgln:0614141.07346.*", Level.CLASS, False),
        ("urn:gdst:example.org:product:lot:class:p.1", Level.UNSAID, True),
        ("1006412345678000", Level.UNSAID, True),
    ],
)
def test_a_trace_goes_through_single_things_and_lots(text, level, traceable):
    read = code.parse(text)
    assert code.level(read) is level
    assert code.traceable(read) is traceable


def test_every_scheme_has_a_level():
    for scheme in Scheme:
        assert code.level(Code(scheme, "x")) in Level


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


@given(keys(), st.sampled_from(["", "]C1", "]d2", "]Q3", GS]))
def test_all_spellings_of_one_thing_are_one_code(drawn, mark):
    elements, urn = drawn
    path = gs1.Key(*elements[0], *(elements[1] if len(elements) > 1 else ())).path()
    made = code.parse(f"https://a.example/x{path}?17=341130")
    assert code.elements(made) == elements
    assert code.parse(code.canonical(made)) == made
    assert code.parse(code.digital_link(made, "https://b.example")) == made
    if urn:
        assert code.parse("urn:epc:" + urn) == code.read("urn:epc:" + urn) == made
    if not any("(" in value for _, value in elements):
        for order in (elements, elements[::-1]):
            assert code.parse("".join(f"({ai}){value}" for ai, value in order)) == made
    scanned = GS.join(ai + value for ai, value in elements)
    assert code.parse(f"{mark or ']C1'}{scanned}{'' if mark else GS}") == made
    parent = code.parent(made)
    assert parent is None or (code.level(parent), code.parent(parent)) == (Level.CLASS, None)


@given(keys(), st.data())
def test_no_altered_digit_of_a_checked_key_survives(drawn, data):
    (ai, value), *more = drawn[0]
    checked = {"253": 13, "8003": 14, "8006": 14}.get(
        ai, 0 if ai in ("8004", "8010") else len(value)
    )
    if not checked:
        return
    at = data.draw(st.integers(1 if ai == "8003" else 0, checked - 1))
    change = data.draw(st.integers(1, 9))
    altered = value[:at] + str((int(value[at]) + change) % 10) + value[at + 1 :]
    path = gs1.Key(ai, altered, *(more[0] if more else ())).path()
    link = "https://a.example" + path
    printed = (f"]C1{ai}{altered}", f"({ai}){altered.replace('(', '')}")
    for text in (link, *printed):
        with pytest.raises(gs1.CheckDigitError):
            code.parse(text)
    # As an event may name it, an asset's, a document's or a service's link stands for itself.
    lenient = ai in ("253", "8003", "8017", "8018")
    assert not lenient or code.read(link) == code.Code(Scheme.URI, link)
    for text in printed if lenient else (link, *printed):
        with pytest.raises(gs1.CheckDigitError):
            code.read(text)


BITS = [
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
    *(
        "urn:epc:idpat:",
        "grai:",
        "itip:",
        "cpi:",
        "giai:",
        "urn:epc:tag:",
        "sgtin-96:",
        "urn:epc:raw:96.x",
    ),
    *(
        "/8003/",
        "/8004/",
        "/8006/",
        "/253/",
        "(8010)",
        "]C1",
        "\x1d",
        "8003",
        "253",
        "10",
        "21",
        "417",
    ),
    *("3074257BF7194E4000001A85", "3474257BF4", "30", "2C", "A", "F", "00614141123452"),
    *("(21)", "(", ")", ".", "*", "水", "０", " ", "\n", "[", "1", "10064", "4", "\ud800", "\0"),
]


@given(
    st.one_of(
        st.text(max_size=20),
        st.lists(st.sampled_from([*BITS, *string.digits]), max_size=7).map("".join),
    )
)
def test_hostile_texts_are_read_or_refused(text):
    for reader in (code.parse, code.read):
        try:
            read = reader(text)
        except InputError as error:
            str(error).encode(errors="replace")
            continue
        assert reader(code.canonical(read)) == read
        code.digital_link(read, "https://trace.example").encode("ascii")
        code.level(read)
        code.parent(read)
