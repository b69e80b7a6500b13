"""GS1 keys in the spellings that labels, scanners and EPCIS documents use, read into one form.

Only what identifies is kept: a trade item's serial number, or its lot where it has no serial, a logistic unit, a place.
Variants, dates and other attributes that a spelling may carry are checked for their characters and dropped.
"""

import re
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import quote

from indexer.core.errors import InputError

# Each key with the qualifiers that may follow it in a Digital Link, in their order.
_QUALIFIERS = {"01": ("22", "10", "21"), "00": (), "414": ("254",)}
_LENGTHS = {"01": (8, 12, 13, 14), "00": (18,), "414": (13,)}
# Of several qualifiers the finest names the thing; 22 (a variant) never does.
_FINEST = ("21", "10", "254")

_TEXT = re.compile(r"[!\"%-?A-Z_a-z]+\Z")
_DIGITS = re.compile(r"[0-9]+\Z")
_ELEMENT = re.compile(r"\(([0-9]{2,4})\)")
_URN = re.compile(r"(id:sgtin|class:lgtin|idpat:sgtin|id:sscc|id:sgln):(.*)\Z", re.DOTALL)
_ESCAPED = re.compile(r"(?:[^%]|%[0-9A-Fa-f]{2})*\Z", re.DOTALL)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")


class Gs1Error(InputError):
    """A spelling that announces a GS1 key and does not hold one."""

    code = "CODE_GS1"
    sentence = "not a GS1 key: {reason}"


class CheckDigitError(Gs1Error):
    """A key whose last digit does not follow from the others."""

    code = "CODE_CHECK_DIGIT"
    sentence = "the check digit of {key} is wrong"


class Key(NamedTuple):
    """A GS1 key: application identifier and value, and the qualifier that narrows it, or two empty strings."""

    ai: str
    value: str
    qualifier: str = ""
    extension: str = ""

    def path(self) -> str:
        """Spell the key as a Digital Link does after the host."""
        if not self.qualifier:
            return f"/{self.ai}/{self.value}"
        return f"/{self.ai}/{self.value}/{self.qualifier}/{quote(self.extension, safe='')}"


def check_digit(digits: str) -> str:
    """Compute the digit that goes after these: weights 3, 1, 3, … from the right."""
    total = sum(int(digit) * (1 if at % 2 else 3) for at, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def gtin(text: str) -> Key:
    """Read a GTIN of 8, 12, 13 or 14 digits; all become 14."""
    return _key("01", text, {})


def elements(text: str) -> Key:
    """Read an element string with its identifiers in brackets, as printed under a symbol."""
    parts = _ELEMENT.split(text)
    found = dict(zip(parts[1::2], parts[2::2], strict=True))
    if parts[0] or len(found) * 2 + 1 != len(parts):
        raise Gs1Error(reason="an application identifier is missing or there twice")
    keys = [ai for ai in _QUALIFIERS if ai in found]
    if len(keys) != 1:
        raise Gs1Error(reason="it names no key or several")
    for value in found.values():
        _check_text(value, 90)
    if keys == ["01"] and len(found["01"]) != 14:
        raise Gs1Error(reason="a GTIN has 14 digits here")
    return _key(keys[0], found[keys[0]], found)


def link(segments: list[str]) -> Key | None:
    """Read the path of a Digital Link, still percent-encoded; None where the path holds no GS1 key at all."""
    for at, (ai, value) in enumerate(pairwise(segments)):
        # Eight digits are the shortest key; a longer number of a wrong length is a damaged key, not another thing.
        if ai in _LENGTHS and _DIGITS.match(value) and len(value) >= 8:
            return _key(ai, value, _qualifiers(ai, segments[at + 2 :]))
    return None


def urn(text: str) -> Key | None:
    """Read what follows `urn:epc:`; None for schemes that are not read here and so stand for themselves."""
    match = _URN.match(text)
    if not match:
        return None
    scheme, rest = match.groups()
    fields = rest.split(".", 2)
    if len(fields) != (2 if scheme == "id:sscc" else 3):
        raise Gs1Error(reason="the URN has too few fields or too many")
    company, reference = fields[:2]
    if not 6 <= len(company) <= 12:
        raise Gs1Error(reason="a company prefix has 6 to 12 digits")
    if scheme == "id:sgln":
        value = _complete(company + reference, 12)
        extension = {} if fields[2] == "0" else {"254": _unescape(fields[2])}
        return _key("414", value, extension)
    # The digit in front, indicator or extension, stands first in the reference and first in the key.
    digits = reference[:1] + company + reference[1:]
    if scheme == "id:sscc":
        return _key("00", _complete(digits, 17), {})
    value = _complete(digits, 13)
    if scheme == "idpat:sgtin":
        if fields[2] != "*":
            raise Gs1Error(reason="a pattern names all serial numbers or is none")
        return _key("01", value, {})
    return _key("01", value, {"10" if scheme == "class:lgtin" else "21": _unescape(fields[2])})


def _key(ai: str, value: str, qualifiers: dict[str, str]) -> Key:
    if not _DIGITS.match(value) or len(value) not in _LENGTHS[ai]:
        raise Gs1Error(reason="it has not the digits such a key has")
    if check_digit(value[:-1]) != value[-1]:
        raise CheckDigitError(key=value)
    if ai == "01":
        value = value.rjust(14, "0")
    for name in _FINEST:
        if name in qualifiers and name in _QUALIFIERS[ai]:
            _check_text(qualifiers[name], 20)
            return Key(ai, value, name, qualifiers[name])
    return Key(ai, value)


def _qualifiers(ai: str, segments: list[str]) -> dict[str, str]:
    names, values = segments[::2], segments[1::2]
    allowed = [name for name in _QUALIFIERS[ai] if name in names]
    if len(names) != len(values) or names != allowed:
        raise Gs1Error(reason="what follows the key are not its qualifiers in their order")
    found = {name: _unescape(value) for name, value in zip(names, values, strict=True)}
    for value in found.values():
        _check_text(value, 20)
    return found


def _complete(digits: str, length: int) -> str:
    if len(digits) != length or not _DIGITS.match(digits):
        raise Gs1Error(reason="it has not the digits such a key has")
    return digits + check_digit(digits)


def _check_text(value: str, longest: int) -> None:
    # A dot or two would be resolved away in any URL that carries them.
    if len(value) > longest or not _TEXT.match(value) or value in (".", ".."):
        raise Gs1Error(
            reason="a value is empty, too long or has characters that GS1 does not allow"
        )


def _unescape(text: str) -> str:
    if not _ESCAPED.match(text):
        raise Gs1Error(reason="a percent sign begins no escape")
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
