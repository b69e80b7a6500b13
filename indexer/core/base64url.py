"""Bytes as URL-safe text without padding (RFC 4648 section 5), in which every byte string has exactly one spelling."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

from indexer.core.errors import InputError

# A last group of two characters carries four spare bits, one of three carries two: they are zero or it is refused.
_SOUND = re.compile(
    r"(?:[A-Za-z0-9_-]{4})*+(?:[A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])?\Z"
)


class MisspeltBase64Error(InputError):
    """Text that is not base64url in its one spelling."""

    code = "BASE64URL_MISSPELT"
    sentence = "the text is not base64url without padding"


def encode(data: bytes) -> str:
    """Spell bytes."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Read bytes back; padding, white space and spare bits are refused."""
    if not _SOUND.match(text):
        raise MisspeltBase64Error
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
