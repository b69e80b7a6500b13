"""Places inside JSON: RFC 6901 pointers, by which errors name what is wrong and participants name what to conceal.

A pointer is also salted and hashed (disclosure.py), so one place has exactly one spelling here: array indices are
plain decimal without leading zeros, and only `~` and `/` are escaped.
"""

import re

from indexer.core.errors import InputError

_ESCAPES = re.compile(r"~(?![01])")
_INDEX = re.compile(r"(?:0|[1-9][0-9]{0,8})\Z", re.ASCII)


class MisspeltPointerError(InputError):
    """A pointer that RFC 6901 does not know."""

    code = "POINTER_MISSPELT"
    sentence = "{pointer!r} is not a JSON Pointer"


def escape(token: str | int) -> str:
    """Spell one step of a pointer, with its slash."""
    return "/" + str(token).replace("~", "~0").replace("/", "~1")


def tokens(pointer: str, *, place: str = "") -> list[str]:
    """Split a pointer into its unescaped steps; `place` says where the pointer itself was found."""
    if (pointer and pointer[0] != "/") or _ESCAPES.search(pointer):
        raise MisspeltPointerError(place=place, pointer=pointer)
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def index(token: str) -> int | None:
    """Read a step as an array index; None where it is none, `-` included."""
    return int(token) if _INDEX.match(token) else None
