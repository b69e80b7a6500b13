"""A foreign validator of JSON Schema, as the oracle of what is published."""

from typing import Any

from jsonschema_rs import Draft202012Validator


def valid(schema: Any, value: Any) -> bool:
    """Tell whether a value is valid under a schema that is itself well made, formats included."""
    return Draft202012Validator(schema, validate_formats=True).is_valid(value)
