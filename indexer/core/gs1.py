"""GS1 keys, each in the one form that its spellings are read into: URNs (epc), scans (element) and links all end here.

Only what identifies is kept: a trade item's serial number, or its lot where it has no serial, a logistic unit, a place,
an asset, a document. Variants, dates and other attributes that a spelling may carry are checked for their characters
and dropped.
"""

import re
from itertools import combinations
from typing import NamedTuple
from urllib.parse import quote

from indexer.core.errors import InputError

_TEXT = r"[!\"%-?A-Z_a-z]"  # the 82 characters of the General Specifications
# What each key is: the digits that end in a check digit, then what follows them without one. Keys without a check
# digit begin with a company's prefix, of which at least four digits are known.
_FORMS = {
    ai: re.compile(form + r"\Z")
    for ai, form in {
        "01": r"([0-9]{8}|[0-9]{12,14})()",
        "00": r"([0-9]{18})()",
        "414": r"([0-9]{13})()",
        "417": r"([0-9]{13})()",
        "253": rf"([0-9]{{13}})({_TEXT}{{0,17}})",
        "8003": rf"(0[0-9]{{13}})({_TEXT}{{0,16}})",
        "8004": rf"()([0-9]{{4}}{_TEXT}{{0,26}})",
        "8006": r"([0-9]{14})((?!00)[0-9]{2}(?!00)[0-9]{2})",
        "8010": r"()([0-9]{4}[#/0-9A-Z-]{0,26})",
        "8017": r"([0-9]{18})()",
        "8018": r"([0-9]{18})()",
    }.items()
}
KEYS = tuple(_FORMS)
# Keys whose serial number stands behind their check digit; what stands there in others is part of the key.
SERIALISED = frozenset({"253", "8003"})
# The qualifiers that may follow a key in a Digital Link, in their order; each may be left out.
_RUNS: dict[str, tuple[tuple[str, ...], ...]] = {
    "01": (("22", "10", "21"), ("235",)),
    "414": (("254",),),
    "8006": (("22", "10", "21"),),
    "8010": (("8011",),),
    "8017": (("8019",),),
    "8018": (("8019",),),
}
_ORDERS = {
    ai: frozenset(
        names for run in runs for n in range(1, len(run) + 1) for names in combinations(run, n)
    )
    for ai, runs in _RUNS.items()
}
_VALUES = {
    **dict.fromkeys(("10", "21", "22", "254"), re.compile(rf"{_TEXT}{{1,20}}\Z")),
    "235": re.compile(rf"{_TEXT}{{1,28}}\Z"),
    "8011": re.compile(r"(?:0|[1-9][0-9]{0,11})\Z"),
    "8019": re.compile(r"[0-9]{1,10}\Z"),
}
# Of several qualifiers the finest names the thing; a variant (22) and an instance of a relation (8019) never do.
_FINEST = {
    ai: tuple(name for name in ("21", "235", "8011", "254", "10") if name in sum(runs, ()))
    for ai, runs in _RUNS.items()
}
# Eight digits are the shortest key; a longer number of a wrong length is a damaged key, not another thing.
_LINK = re.compile(
    r"/(?=(?:0[01]|41[47]|80(?:06|1[78]))/[0-9]{8,}(?:/|\Z)|(?:253|8003)/[0-9]{8}|80(?:04|10)/[0-9]{4})"
    r"([0-9]+)/([^/]*)(?:/(.*))?\Z",
    re.DOTALL,
)
_ANY_TEXT = re.compile(r"[!-#%-?A-Z_a-z]{1,90}\Z")  # a part number may have a hash sign besides
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
    """A GS1 key: application identifier and value, and the qualifier that narrows it, or two empty strings.

    A serial number that belongs to the key itself is its extension without a qualifier.
    """

    ai: str
    value: str
    qualifier: str = ""
    extension: str = ""

    def path(self) -> str:
        """Spell the key as a Digital Link does after the host."""
        extension = _quoted(self.extension)
        if self.qualifier:
            return f"/{self.ai}/{_quoted(self.value)}/{self.qualifier}/{extension}"
        return f"/{self.ai}/{_quoted(self.value)}{extension}"

    def elements(self) -> list[tuple[str, str]]:
        """Take the key apart as an element string does: each identifier with its value."""
        if self.qualifier:
            return [(self.ai, self.value), (self.qualifier, self.extension)]
        return [(self.ai, self.value + self.extension)]


def check_digit(digits: str) -> str:
    """Compute the digit that goes after these: weights 3, 1, 3, … from the right."""
    ascii_digits = digits.encode("ascii")
    odd, even = ascii_digits[::-2], ascii_digits[-2::-2]
    return str(-(3 * (sum(odd) - 48 * len(odd)) + sum(even) - 48 * len(even)) % 10)


def key(ai: str, text: str, qualifiers: dict[str, str]) -> Key:
    """Read the value of a key's application identifier, narrowed by the finest of its qualifiers."""
    match = _FORMS[ai].match(text)
    if not match:
        raise Gs1Error(reason="it has not the form that such a key has")
    digits, rest = match.groups()
    if digits and check_digit(digits[:-1]) != digits[-1]:
        raise CheckDigitError(key=digits)
    if ai in SERIALISED:
        return Key(ai, digits, "", rest)
    if ai == "8006" and rest[:2] > rest[2:]:
        raise Gs1Error(reason="there are fewer pieces than this one's number")
    value = digits.rjust(14, "0") if ai == "01" else digits + rest
    if qualifiers:
        for name in _FINEST.get(ai, ()):
            if name in qualifiers:
                _check_qualifier(name, qualifiers[name])
                return Key(ai, value, name, qualifiers[name])
    return Key(ai, value)


def link(path: str) -> Key | None:
    """Read the path of a Digital Link, still percent-encoded; None where the path holds no GS1 key at all."""
    match = _LINK.search(path)
    if not match:
        return None
    ai, value, rest = match.groups()
    return key(ai, unescape(value), {} if rest is None else _qualifiers(ai, rest.split("/")))


def check_text(value: str) -> None:
    """Refuse a value with characters that no application identifier allows, or with too many."""
    if not _ANY_TEXT.match(value) or value in (".", ".."):
        raise Gs1Error(
            reason="a value is empty, too long or has characters that GS1 does not allow"
        )


def unescape(text: str) -> str:
    """Undo percent-encoding."""
    if "%" not in text:
        return text
    if not _ESCAPED.match(text):
        raise Gs1Error(reason="a percent sign begins no escape")
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def _quoted(text: str) -> str:
    return text if not text or (text.isalnum() and text.isascii()) else quote(text, safe="")


def _check_qualifier(name: str, value: str) -> None:
    # A dot or two would be resolved away in any URL that carries them.
    if not _VALUES[name].match(value) or value in (".", ".."):
        raise Gs1Error(
            reason="a value is empty, too long or has characters that GS1 does not allow"
        )


def _qualifiers(ai: str, segments: list[str]) -> dict[str, str]:
    names, values = segments[::2], segments[1::2]
    if len(names) != len(values) or tuple(names) not in _ORDERS.get(ai, ()):
        raise Gs1Error(reason="what follows the key are not its qualifiers in their order")
    found = {name: unescape(value) for name, value in zip(names, values, strict=True)}
    for name, value in found.items():
        _check_qualifier(name, value)
    return found
