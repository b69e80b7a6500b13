"""Labels are read back by an independent reader, as a phone would read them."""

from io import BytesIO
from xml.etree import ElementTree

import pytest
import zxingcpp
from PIL import Image

from gateway.coding import labels
from indexer.core import code

HOST = "https://trace.example"
CODES = (
    "(01)06945000000015",
    "(01)06945000000015(21)CX26A00017",
    "(01)06945000000015(10)20261012-A2",
    "(01)06945000000015(21)A/B%c&d",
    "(8003)0061414112345232a/b",
    "(8010)0614141A#/7(8011)123",
    "urn:example:pallet:7",
)


def read(image):
    """Read a picture's one QR code, by a library that has nothing to do with ours."""
    (found,) = zxingcpp.read_barcodes(image.convert("L"))
    assert found.format == zxingcpp.BarcodeFormat.QRCode
    return found.text


def painted(svg):
    """Paint the modules of an SVG label as a browser would, eight pixels each."""
    root = ElementTree.fromstring(svg)  # noqa: S314 -- our own bytes
    width, height = (float(part) for part in root.attrib["viewBox"].split()[2:])
    image = Image.new("L", (round(width * 8), round(height * 8)), 255)
    (path,) = root.findall("{*}path")
    left, top = (float(part) for part in path.attrib["transform"][len("translate(") : -1].split())
    for stroke in path.attrib["d"].split("M")[1:]:
        start, _, rest = stroke.partition("h")
        x, y = (float(part) for part in start.split())
        length = int(rest.partition("v")[0])
        corner = round((left + x) * 8), round((top + y) * 8)
        image.paste(0, (*corner, corner[0] + 8 * length, corner[1] + 8))
    return image


@pytest.mark.parametrize("text", CODES)
def test_both_pictures_read_back_as_the_link_and_the_link_as_the_code(text):
    asked = code.parse(text)
    link = read(Image.open(BytesIO(labels.png(asked, HOST))))
    assert read(painted(labels.svg(asked, HOST))) == link
    assert link.startswith(HOST + "/")
    if "urn" not in text:
        assert code.parse(link) == asked


def test_the_quiet_zone_stays_white_on_all_four_sides():
    image = Image.open(BytesIO(labels.png(code.parse(CODES[1]), HOST))).convert("L")
    (found,) = zxingcpp.read_barcodes(image)
    left, top = found.position.top_left.x, found.position.top_left.y
    right, bottom = found.position.bottom_right.x, found.position.bottom_right.y
    zone = 4 * 10 - 2  # modules are ten pixels; the reader's corners are off by a pixel
    ground = image.copy()
    ground.paste(255, (left - 2, top - 2, right + 3, bottom + 3))
    around = ground.crop((left - zone, top - zone, right + zone, bottom + zone))
    assert around.getextrema() == (255, 255)


def test_figures_say_each_part_on_a_line_of_its_own():
    asked = code.parse("(01)06945000000015(21)CX26A00017")
    assert labels.figures(asked) == ["(01) 06945000000015", "(21) CX26A00017"]
    assert b"(21) CX26A00017" in labels.svg(asked, HOST)
    returnable = code.parse("urn:epc:id:grai:0614141.12345.400")
    assert labels.figures(returnable) == ["(8003) 00614141123452400"]
    part = code.parse("(8010)0614141A(8011)7")
    assert labels.figures(part) == ["(8010) 0614141A", "(8011) 7"]


def test_figures_are_escaped_in_svg():
    made = labels.svg(code.parse("(01)06945000000015(21)A&<B"), HOST)
    texts = ElementTree.fromstring(made).findall(".//{*}text")  # noqa: S314 -- our own bytes
    assert [text.text for text in texts] == ["(01) 06945000000015", "(21) A&<B"]


def test_the_same_code_gives_the_same_label():
    one, other = (
        code.parse("(01)06945000000015(21)X"),
        code.parse("urn:epc:id:sgtin:6945000.000001.X"),
    )
    assert labels.svg(one, HOST) == labels.svg(other, HOST)
    assert labels.png(one, HOST) == labels.png(other, HOST)


def test_a_code_too_long_for_a_phone_is_refused():
    with pytest.raises(labels.LabelTooLongError):
        labels.svg(code.parse("urn:example:" + "x" * 900), HOST)


def test_what_a_terminal_draws_reads_back():
    drawn = labels.drawn("https://trace.example/01/06945000000015").splitlines()
    pixels = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0), "\xa0": (0, 0)}
    image = Image.new("L", (len(drawn[0]), 2 * len(drawn)), 255)
    for row, line in enumerate(drawn):
        for column, mark in enumerate(line):
            for half in (0, 1):
                image.putpixel((column, 2 * row + half), 255 * pixels[mark][half])
    big = image.resize((image.width * 8, image.height * 8), Image.Resampling.NEAREST)
    assert read(big) == "https://trace.example/01/06945000000015"
