"""Shapes of JSON from outside: small checks that compose, so that an error names the member that is wrong.

A check takes a value and its place and returns nothing or raises; a table of checks is then the whole grammar of an
event or of master data, to be read beside the standard it follows.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from indexer.core.canonical import Json
from indexer.core.errors import InputError
from indexer.core.pointer import escape

Check: TypeAlias = Callable[[Json, str], None]

_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]+))?"
    r"(Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)\Z"
)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[!#$&-;=?-Z\[\]_a-z~]|%[0-9A-Fa-f]{2})+\Z")
_EXTENSION = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*:[^\s:]\S*\Z")


class ShapeError(InputError):
    """A member that is not what its name asks for."""

    code = "MEMBER_WRONG"
    sentence = "the member at {place!r} is not {expected}"


class MissingMemberError(InputError):
    """A member that must be there."""

    code = "MEMBER_MISSING"
    sentence = "the member at {place!r} is missing"


class UnknownMemberError(InputError):
    """A member that the schema does not know and that carries no prefix of an extension."""

    code = "MEMBER_UNKNOWN"
    sentence = "the member at {place!r} is unknown; extensions carry a prefix, as in ns:name"


def text(value: Json, place: str) -> None:
    """Accept a string that says something."""
    if not isinstance(value, str) or not value.strip():
        raise ShapeError(place=place, expected="a text")


def string(value: Json, place: str) -> None:
    """Accept any string."""
    if not isinstance(value, str):
        raise ShapeError(place=place, expected="a string")


def uri(value: Json, place: str) -> None:
    """Accept an absolute URI."""
    if not isinstance(value, str) or not _URI.match(value):
        raise ShapeError(place=place, expected="an absolute URI")


def number(value: Json, place: str) -> None:
    """Accept a number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ShapeError(place=place, expected="a number")


def positive(value: Json, place: str) -> None:
    """Accept a number above zero."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
        raise ShapeError(place=place, expected="a number above zero")


def amount(value: Json, place: str) -> None:
    """Accept a number that is not below zero."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise ShapeError(place=place, expected="a number of zero or more")


def boolean(value: Json, place: str) -> None:
    """Accept true or false."""
    if not isinstance(value, bool):
        raise ShapeError(place=place, expected="true or false")


def mapping(value: Json, place: str) -> None:
    """Accept any object."""
    if not isinstance(value, dict):
        raise ShapeError(place=place, expected="an object")


def moment(value: Json, place: str) -> None:
    """Accept a date and time with its zone."""
    read_moment(value, place)


def read_moment(value: Json, place: str) -> datetime:
    """Read an RFC 3339 date and time with its zone as UTC; what lies below a microsecond is cut off."""
    match = _MOMENT.match(value) if isinstance(value, str) else None
    if match:
        day, fraction, zone = match.groups()
        try:
            read = datetime.fromisoformat(f"{day}.{fraction or '':0<6.6}{zone}")
            return read.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise ShapeError(
        place=place, expected="a date and time with a zone, as in 2026-01-02T03:04:05Z"
    )


def pattern(expression: str, expected: str) -> Check:
    """Accept strings that match from end to end."""
    compiled = re.compile(rf"(?:{expression})\Z", re.ASCII)

    def check(value: Json, place: str) -> None:
        if not isinstance(value, str) or not compiled.match(value):
            raise ShapeError(place=place, expected=expected)

    return check


def either(*checks: Check, expected: str) -> Check:
    """Accept what one of the checks accepts."""

    def check(value: Json, place: str) -> None:
        for one in checks:
            try:
                return one(value, place)
            except InputError:
                continue
        raise ShapeError(place=place, expected=expected)

    return check


def array(each: Check, least: int = 0) -> Check:
    """Accept a list of what `each` accepts."""

    def check(value: Json, place: str) -> None:
        if not isinstance(value, list) or len(value) < least:
            raise ShapeError(
                place=place, expected="a list that is not empty" if least else "a list"
            )
        for at, item in enumerate(value):
            each(item, place + escape(at))

    return check


def members(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    """Accept an object with these members, and others only where their names carry a prefix."""
    known = {**optional, **required}

    def check(value: Json, place: str) -> None:
        if not isinstance(value, dict):
            raise ShapeError(place=place, expected="an object")
        for name in required:
            if name not in value:
                raise MissingMemberError(place=place + escape(name))
        for name, item in value.items():
            if one := known.get(name):
                one(item, place + escape(name))
            elif not _EXTENSION.match(name):
                raise UnknownMemberError(place=place + escape(name))

    return check
