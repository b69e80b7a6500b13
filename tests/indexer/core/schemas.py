"""A foreign validator of JSON Schema, as the oracle of what is published."""

from datetime import date
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

_FORMATS = FormatChecker(())


@_FORMATS.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    # Basic formats, which fromisoformat reads too, are not RFC 3339's.
    return not isinstance(value, str) or (len(value) == 10 and bool(date.fromisoformat(value)))


def valid(schema: Any, value: Any) -> bool:
    """Tell whether a value is valid under a schema that is itself well made."""
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=_FORMATS).is_valid(value)
