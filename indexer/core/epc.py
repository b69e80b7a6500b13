"""EPC URNs become GS1 keys: pure identities, classes and patterns, and what a tag was read as.

In a URN the company's prefix is marked off; the key is the same wherever the mark stands, so it is dropped, and the
check digit that URNs leave out is put back (GS1 EPC Tag Data Standard, sections 6 and 7).
"""

import re
from typing import NamedTuple

from indexer.core import gs1, tag
from indexer.core.gs1 import Gs1Error, Key

_URN = re.compile(r"(id|class|idpat):([a-z]+):(.*)\Z", re.DOTALL)
_TAG = re.compile(r"tag:([a-z]+)-[0-9a-z]+:[0-7]\.(.*)\Z", re.DOTALL)
_RAW = re.compile(r"raw:[0-9]+\.x([0-9A-Fa-f]+)\Z")
_COMPANY = re.compile(r"[0-9]{6,12}\Z")


class _Scheme(NamedTuple):
    ai: str
    digits: int  # of the key, without its check digit; 0 where it has none
    fields: int
    serial: str = ""  # the qualifier that the last field is

    @property
    def patterned(self) -> bool:
        """Whether a pattern of all its serial numbers names a class."""
        return self.serial in ("21", "235", "8011") or self.ai in gs1.SERIALISED


_SCHEMES = {
    "sgtin": _Scheme("01", 13, 3, "21"),
    "lgtin": _Scheme("01", 13, 3, "10"),
    "upui": _Scheme("01", 13, 3, "235"),
    "itip": _Scheme("8006", 13, 5, "21"),
    "sscc": _Scheme("00", 17, 2),
    "sgln": _Scheme("414", 12, 3, "254"),
    "pgln": _Scheme("417", 12, 2),
    "gdti": _Scheme("253", 12, 3),
    "grai": _Scheme("8003", 12, 3),
    "giai": _Scheme("8004", 0, 2),
    "cpi": _Scheme("8010", 0, 3, "8011"),
    "gsrn": _Scheme("8018", 17, 2),
    "gsrnp": _Scheme("8017", 17, 2),
}


def read(text: str) -> Key | None:
    """Read what follows `urn:epc:`; None for schemes that are not read here and so stand for themselves."""
    if match := _RAW.match(text):
        text = tag.read(match[1]) or ""
    elif match := _TAG.match(text):
        text = f"id:{match[1]}:{match[2]}"
    match = _URN.match(text)
    if not match:
        return None
    kind, name, rest = match.groups()
    scheme = _SCHEMES.get(name)
    if scheme is None or (kind == "class") != (name == "lgtin"):
        return None
    if kind == "idpat" and not scheme.patterned:
        return None
    fields = rest.split(".", scheme.fields - 1)
    if len(fields) != scheme.fields:
        raise Gs1Error(reason="the URN has too few fields or too many")
    if kind == "idpat" and fields.pop() != "*":
        raise Gs1Error(reason="a pattern names all serial numbers or is none")
    return _key(scheme, fields)


def _key(scheme: _Scheme, fields: list[str]) -> Key:
    company, reference, *more = fields
    if not _COMPANY.match(company):
        raise Gs1Error(reason="a company prefix has 6 to 12 digits")
    value = _value(scheme, company, reference)
    if scheme.ai == "8006":
        piece, total, *more = more
        if len(piece) != 2 or len(total) != 2:
            raise Gs1Error(reason="a piece and how many there are have two digits each")
        value += piece + total
    # An extension of 0 says that the place has none.
    if not more or (scheme.serial == "254" and more == ["0"]):
        return gs1.key(scheme.ai, value, {})
    serial = gs1.unescape(more[0])
    if scheme.serial:
        return gs1.key(scheme.ai, value, {scheme.serial: serial})
    if not serial:
        raise Gs1Error(reason="the serial number is missing")
    return gs1.key(scheme.ai, value + serial, {})


def _value(scheme: _Scheme, company: str, reference: str) -> str:
    if not scheme.digits:
        return company + gs1.unescape(reference)
    digits = company + reference
    # The digit in front, indicator or extension, stands first in the reference and first in the key.
    if scheme.ai in ("00", "01", "8006"):
        digits = reference[:1] + company + reference[1:]
    if len(digits) != scheme.digits or not (digits.isascii() and digits.isdigit()):
        raise Gs1Error(reason="it has not the digits that such a key has")
    return ("0" if scheme.ai == "8003" else "") + digits + gs1.check_digit(digits)
