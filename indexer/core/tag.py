"""The bits of an RFID tag, in hex as readers deliver them, become the EPC URN that they hold.

Layouts are those of the GS1 EPC Tag Data Standard (1.13, chapter 14). What does not fit its layout to the last bit is
not read as a tag: there is no check digit, and other codes may look like hex. Filter values are dropped.
"""

import re
from collections.abc import Iterator
from math import ceil
from typing import NamedTuple
from urllib.parse import quote

# How many digits a field of bits holds; other fields are numbers without leading zeros, or texts.
_NUMBER, _TEXT = -1, -2
# Bits of a company's prefix of twelve digits, eleven, … six, by partition.
_COMPANY = (40, 37, 34, 30, 27, 24, 20)
_HEX = re.compile(r"[0-9A-Fa-f]+\Z")


class _Layout(NamedTuple):
    scheme: str
    size: int
    bits: int  # of prefix and reference together
    digits: int  # of both together, or what the reference is
    rest: tuple[tuple[int, int], ...] = ()  # bits and digits of each field that follows


_LAYOUTS = {
    "2C": _Layout("gdti", 96, 41, 12, ((41, _NUMBER),)),
    "2D": _Layout("gsrn", 96, 58, 17),
    "2E": _Layout("gsrnp", 96, 58, 17),
    "30": _Layout("sgtin", 96, 44, 13, ((38, _NUMBER),)),
    "31": _Layout("sscc", 96, 58, 17),
    "32": _Layout("sgln", 96, 41, 12, ((41, _NUMBER),)),
    "33": _Layout("grai", 96, 44, 12, ((38, _NUMBER),)),
    "34": _Layout("giai", 96, 82, _NUMBER),
    "36": _Layout("sgtin", 198, 44, 13, ((140, _TEXT),)),
    "37": _Layout("grai", 170, 44, 12, ((112, _TEXT),)),
    "38": _Layout("giai", 202, 188, _TEXT),
    "39": _Layout("sgln", 195, 41, 12, ((140, _TEXT),)),
    "3C": _Layout("cpi", 96, 51, _NUMBER, ((31, _NUMBER),)),
    "3E": _Layout("gdti", 174, 41, 12, ((119, _TEXT),)),
    "40": _Layout("itip", 110, 44, 13, ((7, 2), (7, 2), (38, _NUMBER))),
    "41": _Layout("itip", 212, 44, 13, ((7, 2), (7, 2), (140, _TEXT))),
}


class _MisfitError(ValueError):
    """Bits that do not fit their layout."""


def read(text: str) -> str | None:
    """Spell a tag's EPC as a URN without its `urn:epc:`; None for what is no tag of a layout known here."""
    layout = _LAYOUTS.get(text[:2].upper())
    # A reader may fill up the last word of sixteen bits.
    if not layout or not ceil(layout.size / 4) <= len(text) <= 4 * ceil(layout.size / 16):
        return None
    if not _HEX.match(text):
        return None
    try:
        return f"id:{layout.scheme}:" + ".".join(
            _fields(layout, f"{int(text, 16):0{4 * len(text)}b}")
        )
    except _MisfitError:
        return None


def _fields(layout: _Layout, bits: str) -> Iterator[str]:
    partition, at, end = int(bits[11:14], 2), 14, 14 + layout.bits
    if partition == len(_COMPANY):
        raise _MisfitError
    company = 12 - partition
    yield _field(bits[at : at + _COMPANY[partition]], company)
    digits = layout.digits - company if layout.digits > 0 else layout.digits
    # A twelve-digit prefix leaves a place or a document no reference; its field is there nevertheless.
    yield _field(bits[at + _COMPANY[partition] : end], digits)
    for width, digits in layout.rest:
        at, end = end, end + width
        yield _field(bits[at:end], digits)
    if "1" in bits[end:]:
        raise _MisfitError


def _field(bits: str, digits: int) -> str:
    if digits == _TEXT:
        return _text(bits)
    value = int(bits, 2)
    if digits >= 0 and value >= 10**digits:
        raise _MisfitError
    if digits == 0:
        return ""
    return f"{value:0{max(digits, 1)}d}"


def _text(bits: str) -> str:
    """Read characters of seven bits up to the first that is nothing; behind it is nothing."""
    used = bits.rstrip("0")
    length = ceil(len(used) / 7)
    numbers = [int(bits[at : at + 7], 2) for at in range(0, 7 * length, 7)]
    if not numbers or 0 in numbers:
        raise _MisfitError
    return quote("".join(map(chr, numbers)), safe="")
