"""Committed vectors, by the operation they show, for the tests that hold the code to them."""

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

_FOLDER = Path("indexer/core/vectors")


def load(subject: str, *ops: str, version: int = 1) -> list[Any]:
    """Read the cases of a subject as test parameters; an operation without a case would be a test of nothing."""
    document = _document(subject, version)
    assert document["format"] == "suyuan/vectors/v1"
    assert document["subject"] == subject
    cases = [case for case in document["cases"] if case["op"] in ops]
    assert {case["op"] for case in cases} == set(ops)
    return cases


def ops(subject: str, version: int = 1) -> set[str]:
    """Name the operations of a subject, so that none goes unchecked."""
    return {case["op"] for case in _document(subject, version)["cases"]}


def _document(subject: str, version: int) -> Any:
    return json.loads((_FOLDER / f"{subject}.v{version}.json").read_text("utf-8"))


def title(case: Any) -> str:
    """Name a case in a test's report."""
    return str(case["name"])


_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
_NUMBERS = st.one_of(
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(allow_nan=False, allow_infinity=False).filter(
        lambda value: not value.is_integer() or abs(value) < 2**53
    ),
)

# Everything that is admitted, in Python's own values.
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), _NUMBERS, _TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(_TEXTS, inner, max_size=4)
    ),
    max_leaves=12,
)
OBJECTS = st.dictionaries(_TEXTS, JSON, max_size=5)
