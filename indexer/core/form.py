"""What a field must hold, said twice from one table: the check at the door, and the JSON Schema that is published.

A `Form` is both sides of one rule; tests/indexer/core/test_form.py holds them together by a foreign validator. A
`Field` gives a form its name and what people call it, so that the tables of master data and topics read like a form.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from indexer.core import epcis, shape
from indexer.core.canonical import Json, Members
from indexer.core.shape import Check

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
EXTENSION: Final = r"^[A-Za-z_][A-Za-z0-9_.-]*:[^\s:]\S*$"


@dataclass(frozen=True)
class Form:
    """What a value must be: a check that refuses all others, and the JSON Schema that says the same."""

    check: Check
    schema: Members


@dataclass(frozen=True)
class Field:
    """One member of an object, its form, and its name in both languages."""

    name: str
    form: Form
    zh: str
    en: str
    required: bool = True

    def described(self) -> Members:
        """Give its JSON Schema under its names."""
        return {"title": self.zh, "description": self.en, **self.form.schema}


def pattern(expression: str, expected: str) -> Form:
    """Take texts that match from end to end."""
    return Form(
        shape.pattern(expression, expected), {"type": "string", "pattern": f"^(?:{expression})$"}
    )


def word(*words: str) -> Form:
    """Take one of these words."""
    listed: list[Json] = list(words)
    return Form(shape.pattern("|".join(words), " or ".join(words)), {"enum": listed})


def whole(least: int, most: int, expected: str) -> Form:
    """Take whole numbers from `least` to `most`."""

    def check(value: Json, place: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise shape.ShapeError(place=place, expected=expected)

    return Form(check, {"type": "integer", "minimum": least, "maximum": most})


def either(*forms: Form, expected: str) -> Form:
    """Take what one of the forms takes."""
    schemas: list[Json] = [one.schema for one in forms]
    return Form(shape.either(*(one.check for one in forms), expected=expected), {"anyOf": schemas})


def listed(each: Form, least: int = 1) -> Form:
    """Take a list of at least so many of what `each` takes."""
    schema: Members = {"type": "array", "items": each.schema}
    return Form(shape.array(each.check, least), {**schema, "minItems": least} if least else schema)


def members(*fields: Field) -> Form:
    """Take an object with these members, and others only where their names carry a prefix."""
    check = shape.members(
        {one.name: one.form.check for one in fields if one.required},
        {one.name: one.form.check for one in fields if not one.required},
    )
    return Form(
        check,
        {
            "type": "object",
            "required": required(fields),
            "properties": {one.name: one.described() for one in fields},
            "patternProperties": {EXTENSION: True},
            "additionalProperties": False,
        },
    )


def required(fields: Sequence[Field]) -> list[Json]:
    """List the names of the fields that must be there."""
    return [one.name for one in fields if one.required]


def _date(value: Json, place: str) -> None:
    _DIGITS(value, place)
    try:
        date.fromisoformat(str(value))
    except ValueError:
        raise shape.ShapeError(place=place, expected=_A_DAY) from None


def _code(value: Json, place: str) -> None:
    epcis.read_code(value, place)


_A_DAY = "a date, as in 2026-01-02"
_DIGITS = shape.pattern("[0-9]{4}-[0-9]{2}-[0-9]{2}", _A_DAY)

TEXT: Final = Form(shape.text, {"type": "string", "pattern": r"\S"})
# The rule of shape.uri in words of its own, since `format` alone promises nothing.
URI: Final = Form(
    shape.uri,
    {
        "type": "string",
        "format": "uri",
        "pattern": r"^[A-Za-z][A-Za-z0-9+.-]*:(?:[!#$&-;=?-Z\[\]_a-z~]|%[0-9A-Fa-f]{2})+$",
    },
)
DATE: Final = Form(_date, {"type": "string", "format": "date"})
MOMENT: Final = Form(shape.moment, {"type": "string", "format": "date-time"})
POSITIVE: Final = Form(shape.positive, {"type": "number", "exclusiveMinimum": 0})
OBJECT: Final = Form(shape.mapping, {"type": "object"})
CODE: Final = Form(_code, URI.schema)
# What an EPCIS document or event may have as its context; master data carry one where they use prefixes.
CONTEXT: Final = Form(
    epcis.CONTEXT,
    {
        "anyOf": [
            URI.schema,
            OBJECT.schema,
            {
                "type": "array",
                "minItems": 1,
                "items": {"anyOf": [URI.schema, OBJECT.schema]},
            },
        ]
    },
)
ANYTHING: Final = Form(lambda _value, _place: None, {})
NAME: Final = members(
    Field("zh", TEXT, "中文", "Chinese"), Field("en", TEXT, "英文", "English", required=False)
)
PHONE: Final = pattern(r"[0-9+][0-9 ()+-]{2,29}", "a telephone number")
