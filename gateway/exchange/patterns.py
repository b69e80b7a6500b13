"""Codes that a query asks for, in any spelling, with wildcards where the standard's patterns have them.

A code without wildcards is compared in its canonical form and can be looked up in an index. A pattern
(`urn:epc:idpat:`) becomes one expression over canonical codes, which says where a company prefix lies in the digits,
and over EPC URNs as they stand, for codes that have no canonical form of ours.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from gateway.summary import spelt
from indexer.core.code import CANONICAL_HOST

_PATTERN: Final = "urn:epc:idpat:"
_ANY: Final = "*"
_SERIAL = r"[^/]+"


@dataclass(frozen=True)
class Pattern:
    """What a query matches codes with; `exact` is the one canonical code it names, None where it has wildcards."""

    exact: str | None
    expression: re.Pattern[str] | None = None

    def matches(self, text: str) -> bool:
        """Tell whether a code, as an event has it, is one of these."""
        if self.expression is None:
            return spelt(text) == self.exact
        return bool(self.expression.match(spelt(text)) or self.expression.match(text))


def read(text: str, *, classes: bool) -> Pattern | None:
    """Read a code or pattern that single things, or `classes` of them, are to match; None if it is neither."""
    if not text.startswith(_PATTERN):
        return Pattern(spelt(text)) if text else None
    scheme, _, rest = text.removeprefix(_PATTERN).partition(":")
    fields = rest.split(".", 4)
    if _ANY not in fields:
        return Pattern(spelt(text.replace(_PATTERN, "urn:epc:id:", 1)))
    if classes and scheme == "sgtin" and fields[-1] == _ANY and fields.count(_ANY) == 1:
        return Pattern(spelt(text))
    made = _SCHEMES.get(scheme)
    # Only the last field may hold dots: an expression with room for dots everywhere takes for ever to fail.
    parts = [*(_field(one, "[^.]+") for one in fields[:-1]), _field(fields[-1], ".+")]
    raw = f"urn:epc:{'class' if classes else 'id'}:{re.escape(scheme)}:" + r"\.".join(parts)
    try:
        canonical = made(fields, classes) if made else None
    except (ValueError, IndexError):
        return None
    wanted = f"(?:{raw}|{re.escape(CANONICAL_HOST)}{canonical})" if canonical else raw
    return Pattern(None, re.compile(wanted + r"\Z"))


def _field(text: str, anything: str) -> str:
    return anything if text == _ANY else re.escape(text)


def _digits(prefix: str, reference: str, length: int, *, leading: bool) -> str:
    """Spell a key of `length` digits with its check digit; `leading` ones have a digit before the company prefix."""
    whole = length - 1
    if prefix == _ANY:
        return rf"[0-9]{{{length}}}"
    if reference == _ANY:
        before = "[0-9]" if leading else ""
        left = whole - len(prefix) - (1 if leading else 0)
        return rf"{before}{re.escape(prefix)}[0-9]{{{max(left, 0)}}}[0-9]"
    spelt_out = reference[0] + prefix + reference[1:] if leading else prefix + reference
    return re.escape(spelt_out) + "[0-9]"


def _tail(text: str) -> str:
    """Spell a serial number as canonical codes do."""
    return _SERIAL if text == _ANY else re.escape(quote(unquote(text), safe=""))


def _gtin(fields: list[str], classes: bool) -> str:
    prefix, item, serial = fields[0], fields[1], ".".join(fields[2:])
    key = "/01/" + _digits(prefix, item, 14, leading=True)
    return key + (rf"(?:/10/{_SERIAL})?" if classes else "/21/" + _tail(serial))


def _lot(fields: list[str], classes: bool) -> str:
    del classes
    prefix, item, lot = fields[0], fields[1], ".".join(fields[2:])
    return "/01/" + _digits(prefix, item, 14, leading=True) + "/10/" + _tail(lot)


def _upui(fields: list[str], classes: bool) -> str:
    del classes
    key = "/01/" + _digits(fields[0], fields[1], 14, leading=True)
    return f"{key}/235/{_tail('.'.join(fields[2:]))}"


def _itip(fields: list[str], classes: bool) -> str:
    del classes
    piece, total = ("[0-9]{2}" if one == _ANY else re.escape(one) for one in fields[2:4])
    key = "/8006/" + _digits(fields[0], fields[1], 14, leading=True)
    return f"{key}{piece}{total}/21/{_tail(fields[4])}"


def _cpi(fields: list[str], classes: bool) -> str:
    del classes
    part = "".join("[^/]*" if one == _ANY else re.escape(one) for one in fields[:2])
    return f"/8010/{part}/8011/{_tail(fields[2])}"


def _sgln(fields: list[str], classes: bool) -> str:
    del classes
    prefix, reference, extension = fields[0], fields[1], ".".join(fields[2:])
    key = "/414/" + _digits(prefix, reference, 13, leading=False)
    if extension == "0":
        return key
    return key + (rf"(?:/254/{_SERIAL})?" if extension == _ANY else "/254/" + _tail(extension))


def _plain(ai: str, length: int, *, leading: bool = False) -> Callable[[list[str], bool], str]:
    def spell(fields: list[str], classes: bool) -> str:
        del classes
        return f"/{ai}/" + _digits(fields[0], fields[1], length, leading=leading)

    return spell


def _serialised(ai: str, length: int, before: str = "") -> Callable[[list[str], bool], str]:
    def spell(fields: list[str], classes: bool) -> str:
        del classes
        key = f"/{ai}/{before}" + _digits(fields[0], fields[1], length, leading=False)
        return key + _tail(".".join(fields[2:]))

    return spell


def _giai(fields: list[str], classes: bool) -> str:
    del classes
    prefix = _SERIAL if fields[0] == _ANY else re.escape(fields[0])
    return "/8004/" + prefix + _tail(".".join(fields[1:]))


_SCHEMES: Final[dict[str, Callable[[list[str], bool], str]]] = {
    "sgtin": _gtin,
    "lgtin": _lot,
    "upui": _upui,
    "itip": _itip,
    "cpi": _cpi,
    "sgln": _sgln,
    "sscc": _plain("00", 18, leading=True),
    "pgln": _plain("417", 13),
    "gsrn": _plain("8018", 18),
    "gsrnp": _plain("8017", 18),
    "grai": _serialised("8003", 13, "0"),
    "gdti": _serialised("253", 13),
    "sgcn": _serialised("255", 13),
    "giai": _giai,
}
