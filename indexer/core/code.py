"""What is printed on a product, in any of its spellings, becomes the one text by which records and scans meet.

The canonical text is what indexes hold and what a verdict is about, so two spellings of one thing must reach one text,
and two things never the same. The rules have a version (FORMATS.md, Codes); a code that is read otherwise later makes
records unfindable that were found before.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes

from indexer.core import ecode, element, epc, gs1, tag
from indexer.core.errors import InputError

VERSION = 2
CANONICAL_HOST = "https://id.gs1.org"
LONGEST = 2000

_ECODE_URN = "urn:x-suyuan:ecode:"
_EPC_URN = "urn:epc:"
_LENIENT = re.compile(r"urn:epc:|https?://[^?#]*/(?:253|80(?:03|04|10|17|18))/", re.IGNORECASE)
_PATTERN_URN = "urn:epc:idpat:"
_GTIN = re.compile(r"(?:[0-9]{8}|[0-9]{12,14})\Z")
# Without a separator or a symbol's identifier, only a check digit tells an element string from any other text.
_CHECKED = re.compile(r"(?:0[01]|253|41[47]|80(?:03|06|1[78]))[0-9]{13}")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[!#$&-;=?-Z\[\]_a-z~]++|%[0-9A-Fa-f]{2})++\Z")
# Taken apart by our own pattern: libraries differ, from release to release, in which bracketed hosts they read.
_LINK = re.compile(r"https?://([^/?#]*)([^?#]*)(?:\?([^#]*))?", re.IGNORECASE)
_BRACKETED = re.compile(r"(?:[^@]*@)?\[[0-9A-Fa-f:.]+\](?::[0-9]*)?\Z")
_ECODE_LINK = re.compile(r"/E[/=]([0-4][^/]*)\Z")
_ECODE_QUERY = re.compile(r"(?:.*&)?E=([0-4][^&]*)")


class Scheme(StrEnum):
    """What kind of thing a code names."""

    GTIN = "gtin"
    SGTIN = "sgtin"
    LGTIN = "lgtin"
    UPUI = "upui"
    ITIP = "itip"
    LITIP = "litip"  # pieces of a lot
    SSCC = "sscc"
    GLN = "gln"
    SGLN = "sgln"
    PGLN = "pgln"
    GRAI = "grai"
    GIAI = "giai"
    GDTI = "gdti"
    CPI = "cpi"
    GSRN = "gsrn"
    GSRNP = "gsrnp"
    ECODE = "ecode"
    URI = "uri"


class Level(StrEnum):
    """How much of the world a code names."""

    CLASS = "class"
    LOT = "lot"
    INSTANCE = "instance"
    PLACE = "place"
    PARTY = "party"
    UNSAID = "unsaid"  # Ecodes and URIs of others may be anything


# The key and qualifier that each scheme is written with; a serial number without a qualifier is part of its key.
_KEYS = {
    Scheme.GTIN: ("01", ""),
    Scheme.SGTIN: ("01", "21"),
    Scheme.LGTIN: ("01", "10"),
    Scheme.UPUI: ("01", "235"),
    Scheme.ITIP: ("8006", "21"),
    Scheme.LITIP: ("8006", "10"),
    Scheme.SSCC: ("00", ""),
    Scheme.GLN: ("414", ""),
    Scheme.SGLN: ("414", "254"),
    Scheme.PGLN: ("417", ""),
    Scheme.GRAI: ("8003", ""),
    Scheme.GIAI: ("8004", ""),
    Scheme.GDTI: ("253", ""),
    Scheme.CPI: ("8010", "8011"),
    Scheme.GSRN: ("8018", ""),
    Scheme.GSRNP: ("8017", ""),
}
_SCHEMES = {
    **{key: scheme for scheme, key in _KEYS.items()},
    ("8006", ""): Scheme.ITIP,
    ("8010", ""): Scheme.CPI,
}
# Schemes whose code names a class as long as no serial number follows.
_SERIALISED = frozenset({Scheme.ITIP, Scheme.GRAI, Scheme.GDTI, Scheme.CPI})
_TRADE_ITEMS = frozenset({Scheme.GTIN, Scheme.SGTIN, Scheme.LGTIN, Scheme.UPUI})
_LEVELS = {
    Scheme.GTIN: Level.CLASS,
    Scheme.LGTIN: Level.LOT,
    Scheme.LITIP: Level.LOT,
    **dict.fromkeys((Scheme.SGTIN, Scheme.UPUI, Scheme.SSCC, Scheme.GIAI), Level.INSTANCE),
    **dict.fromkeys((Scheme.GLN, Scheme.SGLN), Level.PLACE),
    **dict.fromkeys((Scheme.PGLN, Scheme.GSRN, Scheme.GSRNP), Level.PARTY),
    **dict.fromkeys((Scheme.ECODE, Scheme.URI), Level.UNSAID),
}


class CodeError(InputError):
    """Text that is no code of any kind we read."""

    code = "CODE_UNKNOWN"
    sentence = "not a code: neither a GS1 key nor an Ecode nor an absolute URI"


class CodeLengthError(CodeError):
    """Text longer than any code."""

    code = "CODE_TOO_LONG"
    sentence = "the code is longer than 2,000 characters"


@dataclass(frozen=True)
class Code:
    """One thing or class of things: a key, and the serial number, lot or extension that narrows it."""

    scheme: Scheme
    key: str
    extension: str = ""

    @property
    def gtin(self) -> str | None:
        """The fourteen digits of the trade item, where it is one."""
        return self.key if self.scheme in _TRADE_ITEMS else None

    def __str__(self) -> str:
        return canonical(self)


@lru_cache(maxsize=4096)  # one event's codes are read by its check, its names and its index
def parse(text: str) -> Code:
    """Read a code as it was printed, scanned, typed or sent; white space is not trimmed."""
    if len(text) > LONGEST:
        raise CodeLengthError
    if _URI.match(text):
        return _uri(text)
    if text.startswith("("):
        return _from_gs1(element.bracketed(text))
    # Digits of a GTIN's length are a GTIN, also where an Ecode could look so: its check digit decides nothing.
    if _GTIN.match(text):
        return _from_gs1(gs1.key("01", text, {}))
    if text.startswith("]") or element.SEPARATOR in text:
        return _from_gs1(element.bare(text))
    return _bare(text)


@lru_cache(maxsize=4096)
def read(text: str) -> Code:
    """Read a code as an event names it and as a reader asks for it: as `parse` does, and leniently in one thing.

    EPC URNs whose digits do not fit their scheme stand for themselves, since real events are full of them; so do links
    whose key is printed on no trade item and names neither a logistic unit nor a place.
    """
    try:
        return parse(text)
    except gs1.Gs1Error:
        if not _LENIENT.match(text):
            raise
        return Code(Scheme.URI, text)


def canonical(code: Code) -> str:
    """Spell a code in the one way that is stored, hashed and compared."""
    if code.scheme is Scheme.URI:
        return code.key
    if code.scheme is Scheme.ECODE:
        return _ECODE_URN + quote(code.key, safe="")
    return CANONICAL_HOST + _gs1(code).path()


def parent(code: Code) -> Code | None:
    """Name the class of which this is one piece or one lot; None where there is none."""
    if code.scheme in _TRADE_ITEMS:
        return Code(Scheme.GTIN, code.key) if code.extension else None
    if code.scheme is Scheme.LITIP:
        return Code(Scheme.ITIP, code.key)
    return Code(code.scheme, code.key) if code.scheme in _SERIALISED and code.extension else None


def level(code: Code) -> Level:
    """Tell how much of the world a code names."""
    if code.scheme in _SERIALISED:
        return Level.INSTANCE if code.extension else Level.CLASS
    if code.scheme is Scheme.URI and code.key.startswith(_PATTERN_URN):
        return Level.CLASS
    return _LEVELS[code.scheme]


def traceable(code: Code) -> bool:
    """Whether a trace may go through it: through a class, a place or a party all things would be linked to all."""
    return level(code) in (Level.LOT, Level.INSTANCE, Level.UNSAID)


def elements(code: Code) -> list[tuple[str, str]]:
    """Write a GS1 key as its application identifiers with their values; other codes have none."""
    return _gs1(code).elements() if code.scheme in _KEYS else []


def digital_link(code: Code, host: str) -> str:
    """Make the URL that a label carries; `host` is where the pages are, such as `https://trace.example`."""
    return host.rstrip("/") + path(code)


def path(code: Code) -> str:
    """Spell a code as the path of its page, percent-encoded."""
    if code.scheme is Scheme.URI:
        return "/q/" + quote(code.key, safe="")
    if code.scheme is Scheme.ECODE:
        return "/E/" + quote(code.key, safe="")
    return _gs1(code).path()


def _gs1(code: Code) -> gs1.Key:
    ai, qualifier = _KEYS[code.scheme]
    return gs1.Key(ai, code.key, qualifier if code.extension else "", code.extension)


def _from_gs1(key: gs1.Key) -> Code:
    return Code(_SCHEMES[key.ai, key.qualifier], key.value, key.extension)


def _from_ecode(text: str) -> Code:
    ecode.parse(text)
    return Code(Scheme.ECODE, text)


def _bare(text: str) -> Code:
    """Read what says nothing of its kind: a tag's hex, an Ecode, an element string without any separator."""
    # Digits alone are never hex; with a letter, and to the last bit a tag, hardly any Ecode could be.
    if not text.isdecimal() and (urn := tag.read(text)) and (key := epc.read(urn)):
        return _from_gs1(key)
    try:
        return _from_ecode(text)
    except ecode.EcodeError:
        if _CHECKED.match(text):
            return _from_gs1(element.bare(text))
        if text[:1] in tuple("01234"):
            raise
    raise CodeError


def _uri(text: str) -> Code:
    lower = text[:20].lower()
    if lower.startswith(("http://", "https://")):
        return _link(text)
    if lower.startswith(_EPC_URN):
        key = epc.read(text[len(_EPC_URN) :])
        return _from_gs1(key) if key else Code(Scheme.URI, text)
    if lower.startswith(_ECODE_URN):
        return _from_ecode(_unquote(text[len(_ECODE_URN) :]))
    return Code(Scheme.URI, text)


def _link(text: str) -> Code:
    match = _LINK.match(text)
    host, path, query = match.groups("") if match else ("", "", "")
    if not host or (("[" in host or "]" in host) and not _BRACKETED.match(host)):
        raise CodeError
    if key := gs1.link(path):
        return _from_gs1(key)
    match = _ECODE_LINK.search(path) or _ECODE_QUERY.match(query)
    return _from_ecode(_unquote(match[1])) if match else Code(Scheme.URI, text)


def _unquote(text: str) -> str:
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        raise CodeError from None
