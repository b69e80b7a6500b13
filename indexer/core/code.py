"""What is printed on a product, in any of its spellings, becomes the one text by which records and scans meet.

The canonical text is what indexes hold and what a verdict is about, so two spellings of one thing must reach one text,
and two things never the same. The rules are version 1 (FORMATS.md, Codes); a code that is read otherwise later makes
records unfindable that were found before.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes

from indexer.core import ecode, gs1
from indexer.core.errors import InputError

CANONICAL_HOST = "https://id.gs1.org"
LONGEST = 2000

_ECODE_URN = "urn:x-suyuan:ecode:"
_EPC_URN = "urn:epc:"
_GTIN = re.compile(r"(?:[0-9]{8}|[0-9]{12,14})\Z")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[!#$&-;=?-Z\[\]_a-z~]|%[0-9A-Fa-f]{2})+\Z")
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
    SSCC = "sscc"
    GLN = "gln"
    SGLN = "sgln"
    ECODE = "ecode"
    URI = "uri"


_SCHEMES = {
    ("01", ""): Scheme.GTIN,
    ("01", "21"): Scheme.SGTIN,
    ("01", "10"): Scheme.LGTIN,
    ("00", ""): Scheme.SSCC,
    ("414", ""): Scheme.GLN,
    ("414", "254"): Scheme.SGLN,
}
_KEYS = {scheme: key for key, scheme in _SCHEMES.items()}


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
        return self.key if self.scheme in (Scheme.GTIN, Scheme.SGTIN, Scheme.LGTIN) else None

    def __str__(self) -> str:
        return canonical(self)


@lru_cache(maxsize=4096)  # one event's codes are read by its check, its names and its index
def parse(text: str) -> Code:
    """Read a code as it was printed, scanned, typed or sent; white space is not trimmed."""
    if len(text) > LONGEST:
        raise CodeLengthError
    if text.startswith("("):
        return _from_gs1(gs1.elements(text))
    # Digits of a GTIN's length are a GTIN, also where an Ecode could look so: its check digit decides nothing.
    if _GTIN.match(text):
        return _from_gs1(gs1.gtin(text))
    if text and text[0] in "01234":
        return _from_ecode(text)
    if not _URI.match(text):
        raise CodeError
    return _uri(text)


def canonical(code: Code) -> str:
    """Spell a code in the one way that is stored, hashed and compared."""
    if code.scheme is Scheme.URI:
        return code.key
    if code.scheme is Scheme.ECODE:
        return _ECODE_URN + quote(code.key, safe="")
    return CANONICAL_HOST + _gs1(code).path()


def parent(code: Code) -> Code | None:
    """Name the class of which this is one piece or one lot; None where there is none."""
    if code.scheme in (Scheme.SGTIN, Scheme.LGTIN):
        return Code(Scheme.GTIN, code.key)
    return None


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
    return gs1.Key(ai, code.key, qualifier, code.extension)


def _from_gs1(key: gs1.Key) -> Code:
    return Code(_SCHEMES[key.ai, key.qualifier], key.value, key.extension)


def _from_ecode(text: str) -> Code:
    ecode.parse(text)
    return Code(Scheme.ECODE, text)


def _uri(text: str) -> Code:
    lower = text.lower()
    if lower.startswith(_EPC_URN):
        key = gs1.urn(text[len(_EPC_URN) :])
        return _from_gs1(key) if key else Code(Scheme.URI, text)
    if lower.startswith(_ECODE_URN):
        return _from_ecode(_unquote(text[len(_ECODE_URN) :]))
    if lower.startswith(("http://", "https://")):
        return _link(text)
    return Code(Scheme.URI, text)


def _link(text: str) -> Code:
    match = _LINK.match(text)
    host, path, query = match.groups("") if match else ("", "", "")
    if not host or (("[" in host or "]" in host) and not _BRACKETED.match(host)):
        raise CodeError
    if key := gs1.link(path.split("/")[1:]):
        return _from_gs1(key)
    match = _ECODE_LINK.search(path) or _ECODE_QUERY.match(query)
    return _from_ecode(_unquote(match[1])) if match else Code(Scheme.URI, text)


def _unquote(text: str) -> str:
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        raise CodeError from None
