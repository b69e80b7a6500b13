"""Element strings, in brackets as people read them and bare as scanners deliver them, become GS1 keys.

A bare string is cut by the lengths that the General Specifications predefine; every other element ends at a separator
(0x1D) or at the end. Attributes are dropped (gs1).
"""

import re
from collections.abc import Iterable

from indexer.core import gs1
from indexer.core.gs1 import Gs1Error, Key

SEPARATOR = "\x1d"

_BRACKETED = re.compile(r"\(([0-9]{2,4})\)")
# What a scanner puts in front where it says which symbol it read: Code 128, DataBar, Data Matrix, QR, DotCode.
_SYMBOL = re.compile(r"(?:\](?:C1|e0|d2|Q3|J1))?\x1d?")
_BARE = re.compile(
    r"(00.{18}|0[123].{14}|04.{16}|1[1-9].{6}|20..|3[1-6][0-9]{2}.{6}|41[0-9].{13})\x1d?"
    r"|((?:10|2[12]|30|37|9[0-9]|(?:2[3-5]|4[02]|71)[0-9]|(?:39|43|7[02]|8[012])[0-9]{2})[^\x1d]+)(?:\x1d|\Z)"
)
_SHORT = re.compile(r"0|1|2[0-2]|30|37|9")
_MIDDLE = re.compile(r"2|4[0-2]|71")


def bracketed(text: str) -> Key:
    """Read an element string with its identifiers in brackets, as printed under a symbol."""
    parts = _BRACKETED.split(text)
    if parts[0] or len(parts) == 1:
        raise Gs1Error(reason="an application identifier is missing or there twice")
    found = _read(zip(parts[1::2], parts[2::2], strict=True))
    if "01" in found and len(found["01"]) != 14:
        raise Gs1Error(reason="a GTIN has 14 digits here")
    return _key(found)


def bare(text: str) -> Key:
    """Read an element string as a scanner delivers it, with or without the symbol's identifier in front."""
    found: list[tuple[str, str]] = []
    at = _SYMBOL.match(text).end()  # type: ignore[union-attr]  # it matches nothing as well
    while at < len(text):
        match = _BARE.match(text, at)
        if not match:
            raise Gs1Error(reason="it is not made of elements")
        element = match[1] or match[2]
        length = 2 if _SHORT.match(element) else 3 if _MIDDLE.match(element) else 4
        found.append((element[:length], element[length:]))
        at = match.end()
    return _key(_read(found))


def _read(elements: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for ai, value in elements:
        if ai in found:
            raise Gs1Error(reason="an application identifier is missing or there twice")
        gs1.check_text(value)
        found[ai] = value
    return found


def _key(found: dict[str, str]) -> Key:
    keys = [ai for ai in gs1.KEYS if ai in found]
    if len(keys) != 1:
        raise Gs1Error(reason="it names no key or several")
    return gs1.key(keys[0], found[keys[0]], found)
