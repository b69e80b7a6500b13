"""The gate for JSON: bytes from outside become values that have exactly one spelling, and values become those bytes.

`decode` admits what every language reads alike (FORMATS.md, Admission of JSON), `encode` is RFC 8785. Whatever was
admitted survives the round trip unchanged; whoever loosens the gate lets two readers see two records in one digest.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from json.encoder import encode_basestring
from math import isfinite
from typing import NoReturn, TypeAlias

import rfc8785

from indexer.core.errors import InputError
from indexer.core.pointer import escape

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Members: TypeAlias = dict[str, Json]

DEPTH = 32
LIMIT = 2**53

# Strings go first, so that a bracket inside one is not counted; possessive, so that hostile text costs one pass.
_NO_BRACKETS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[^"\[\]{}]++', re.DOTALL)
_MARKS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{},:]', re.DOTALL)
_UNFIT = re.compile("[\0\ud800-\udfff]")


class JsonError(InputError):
    """JSON that is not admitted; `place` is the JSON Pointer of the value that is not."""

    code = "JSON"
    sentence = "the JSON is not admitted"


class NotUtf8Error(JsonError):
    """The bytes are not UTF-8."""

    code = "JSON_NOT_UTF8"
    sentence = "byte {offset} is not UTF-8"


class ByteOrderMarkError(JsonError):
    """The bytes begin with a byte order mark."""

    code = "JSON_BYTE_ORDER_MARK"
    sentence = "a byte order mark stands before the JSON"


class MalformedError(JsonError):
    """The text is not JSON."""

    code = "JSON_SYNTAX"
    sentence = "not JSON at line {line}, column {column}: {reason}"


class DuplicateMemberError(JsonError):
    """An object has two members of one name."""

    code = "JSON_DUPLICATE_MEMBER"
    sentence = "the member at {place} is there twice"


class NulError(JsonError):
    """A string or a name holds U+0000, which PostgreSQL cannot store."""

    code = "JSON_NUL"
    sentence = "the text at {place!r} holds U+0000"


class LoneSurrogateError(JsonError):
    """A string or a name holds half of a surrogate pair, which UTF-8 cannot spell."""

    code = "JSON_LONE_SURROGATE"
    sentence = "the text at {place!r} holds a lone surrogate"


class NumberNotFiniteError(JsonError):
    """A number that no double holds."""

    code = "JSON_NUMBER_NOT_FINITE"
    sentence = "the number at {place!r} is not finite"


class NumberTooLargeError(JsonError):
    """An integral number that doubles no longer tell from its neighbours."""

    code = "JSON_NUMBER_TOO_LARGE"
    sentence = "the integral number at {place!r} is not below 2^53"


class TooDeepError(JsonError):
    """Objects and arrays nested more than 32 deep."""

    code = "JSON_TOO_DEEP"
    sentence = "the value at {place!r} lies deeper than 32 levels"


class NotJsonError(JsonError):
    """A value of ours that RFC 8785 cannot spell."""

    code = "JSON_UNSPEAKABLE"
    sentence = "the value cannot be written as canonical JSON: {reason}"


@dataclass(frozen=True)
class _Flaw:
    """Stands in a parsed value where something is not admitted, until the walk that knows its place."""

    error: type[JsonError]
    name: str | None = None


class _Reader:
    """The hooks of one parse: they may not raise, for they do not know the place."""

    def __init__(self) -> None:
        self.flawed = False
        self.decoder = json.JSONDecoder(
            object_pairs_hook=self._members,
            parse_int=self._integer,
            parse_float=self._double,
            parse_constant=lambda _: self._flaw(NumberNotFiniteError),
        )

    def _flaw(self, error: type[JsonError], name: str | None = None) -> _Flaw:
        self.flawed = True
        return _Flaw(error, name)

    def _members(self, pairs: list[tuple[str, object]]) -> object:
        members = dict(pairs)
        if len(members) == len(pairs):
            return members
        counted = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counted.items() if count > 1)
        return self._flaw(DuplicateMemberError, twice)

    def _integer(self, text: str) -> object:
        # Sixteen digits and a sign hold everything below the limit; int() refuses thousands of digits in its own way.
        value = int(text) if len(text) <= 17 else LIMIT
        return value if -LIMIT < value < LIMIT else self._flaw(NumberTooLargeError)

    def _double(self, text: str) -> object:
        value = float(text)
        if not isfinite(value):
            return self._flaw(NumberNotFiniteError)
        if not value.is_integer():
            return value
        return int(value) if -LIMIT < value < LIMIT else self._flaw(NumberTooLargeError)


def decode(data: bytes, depth: int = DEPTH) -> Json:
    """Read JSON from outside, or name what is not admitted in it.

    Integral numbers come back as `int` however they were written, all others as `float`. Only a
    format that carries admitted JSON inside its own allows more than the usual `depth`.
    """
    text = _text(data)
    if text.count("[") + text.count("{") > depth:
        _check_brackets(text, depth)
    reader = _Reader()
    try:
        value: Json = reader.decoder.decode(text)
    except json.JSONDecodeError as error:
        raise MalformedError(line=error.lineno, column=error.colno, reason=error.msg) from None
    if reader.flawed or "\\u" in text:
        _walk(value, "")
    return value


def encode(value: object) -> bytes:
    """Write a value in the one spelling of RFC 8785."""
    try:
        return _spell(value).encode()
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise NotJsonError(reason=type(error).__name__) from None


def check_depth(value: Json, room: int = DEPTH, place: str = "") -> None:
    """Refuse a value nested deeper than the `room` that is left where it will stand."""
    if not isinstance(value, (dict, list)):
        return
    if room < 1:
        raise TooDeepError(place=place)
    for step, item in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(item, (dict, list)):
            check_depth(item, room - 1, place + escape(step))


# The package rfc8785 spells doubles; the rest is spelt here, at a third of its time, and held to it by a property test.
def _spell(value: object) -> str:
    if isinstance(value, dict):
        members = [f"{encode_basestring(name)}:{_spell(value[name])}" for name in _sorted(value)]
        return "{" + ",".join(members) + "}"
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([_spell(item) for item in value]) + "]"
    return _spell_scalar(value)


def _spell_scalar(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and -LIMIT < value < LIMIT:
        return int.__repr__(value)
    if isinstance(value, float):
        return rfc8785.dumps(value).decode("ascii")
    raise NotJsonError(reason=f"{type(value).__name__} out of range")


def _sorted(members: dict[str, object]) -> list[str]:
    try:
        plain = "".join(members).isascii()
    except TypeError:
        raise NotJsonError(reason="a name is no text") from None
    if plain:
        return sorted(members)
    return sorted(members, key=lambda name: name.encode("utf-16-be", "surrogatepass"))


def _text(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        raise ByteOrderMarkError
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotUtf8Error(offset=error.start) from None


def _check_brackets(text: str, most: int) -> None:
    depth = 0
    for bracket in _NO_BRACKETS.sub("", text):
        depth += 1 if bracket in "[{" else -1
        if depth > most:
            raise TooDeepError(place="".join(_steps(text, most)))


def _steps(text: str, most: int) -> Iterator[str]:
    """Name the way to the first value that lies too deep, in text that need not be JSON."""
    way: list[str | int] = []
    last = ""
    for match in _MARKS.finditer(text):
        mark = match[0]
        if mark in "[{":
            if len(way) == most:
                break
            way.append(0 if mark == "[" else "")
        elif mark in "]}" and way:
            way.pop()
        elif mark == ":" and way and isinstance(way[-1], str):
            way[-1] = last
        elif mark == "," and way and isinstance(way[-1], int):
            way[-1] += 1
        elif mark[0] == '"':
            last = _name(mark)
    return map(escape, way)


def _name(literal: str) -> str:
    try:
        name = json.loads(literal)
    except json.JSONDecodeError:
        return "?"
    return _UNFIT.sub("\ufffd", name)


def _walk(value: object, place: str) -> None:
    if isinstance(value, _Flaw):
        _refuse(value, place)
    elif isinstance(value, str):
        _check_text(value, place)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            _walk(item, place + escape(at))
    elif isinstance(value, dict):
        for name, item in value.items():
            # A pointer through an unfit name could not be sent back to the caller: the object is named instead.
            _check_text(name, place)
            _walk(item, place + escape(name))


def _refuse(flaw: _Flaw, place: str) -> NoReturn:
    if flaw.name is not None:
        _check_text(flaw.name, place)
        place += escape(flaw.name)
    raise flaw.error(place=place)


def _check_text(text: str, place: str) -> None:
    if unfit := _UNFIT.search(text):
        raise (NulError if unfit[0] == "\0" else LoneSurrogateError)(place=place)
