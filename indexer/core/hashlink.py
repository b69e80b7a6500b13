"""How a code is spelt inside an event hash: as its canonical Digital Link, down to what the reference escapes.

What `code` reads is spelt as it says. Three keys of shipments and coupons name nothing that is traced here and so stand
for themselves there; two parties must still reach one hash, so they are spelt here, and so are the words that old
Digital Links have for their numbers.
"""

import re
from functools import lru_cache

from indexer.core import code, gs1
from indexer.core.errors import InputError

_WORDS = {
    "gtin": "01",
    "itip": "8006",
    "cpid": "8010",
    "gln": "414",
    "party": "417",
    "gsrnp": "8017",
    "gsrn": "8018",
    "gcn": "255",
    "sscc": "00",
    "gdti": "253",
    "ginc": "401",
    "gsin": "402",
    "grai": "8003",
    "giai": "8004",
    "cpv": "22",
    "lot": "10",
    "ser": "21",
}
_WORD = re.compile(rf"(?<=/)(?:{'|'.join(_WORDS)})(?=/)")
# What a Digital Link need not escape (GS1 Digital Link, table 7-1), and the canonical code does.
_UNESCAPED = {"%27": "'", "%3B": ";", "%3D": "="}
_ESCAPE = re.compile("|".join(_UNESCAPED))
_FURTHER = re.compile(
    r"https?://[^?#]*?/(255/[0-9]{13,25}|401/[^/?#]{4,90}|402/[0-9]{17})(?:[?#]|\Z)"
)
_COUPON = re.compile(r"urn:epc:(?:id|idpat):sgcn:([0-9]{6,12})\.([0-9]{0,6})\.([0-9]{1,12}|\*)\Z")
_SHIPMENT = re.compile(r"urn:epc:id:gsin:([0-9]{6,12})\.([0-9]{4,10})\Z")
_CONSIGNMENT = re.compile(r"urn:epc:id:ginc:([0-9]{6,12})\.(.+)\Z")


@lru_cache(maxsize=4096)
def spell(text: str) -> str:
    """Spell an EPC URN or a Digital Link canonically; any other URI stays as it is."""
    plain = _WORD.sub(lambda match: _WORDS[match[0]], text) if "://" in text else text
    try:
        link = code.canonical(code.parse(plain))
    except InputError:
        return text
    if not link.startswith(code.CANONICAL_HOST + "/"):
        path = _further(plain)
        return f"{code.CANONICAL_HOST}/{path}" if path else text
    return _ESCAPE.sub(lambda match: _UNESCAPED[match[0]], link)


def _further(text: str) -> str | None:
    if match := _FURTHER.match(text):
        return match[1]
    if (match := _COUPON.match(text)) and len(digits := match[1] + match[2]) == 12:
        serial = "" if match[3] == "*" else match[3]
        return f"255/{digits}{gs1.check_digit(digits)}{serial}"
    if (match := _SHIPMENT.match(text)) and len(digits := match[1] + match[2]) == 16:
        return f"402/{digits}{gs1.check_digit(digits)}"
    if match := _CONSIGNMENT.match(text):
        return f"401/{match[1]}{_escaped(match[2])}"
    return None


def _escaped(text: str) -> str:
    """Escape what a URN need not and a Digital Link must."""
    return re.sub(r"[!()*+,:]", lambda match: f"%{ord(match[0]):02X}", text)
