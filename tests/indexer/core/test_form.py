"""A form's check and its JSON Schema take the same values: a foreign validator is the judge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.core import form
from indexer.core.errors import InputError
from indexer.core.form import Field
from tests.indexer.core.cases import JSON
from tests.indexer.core.schemas import valid

FORMS = {
    "text": form.TEXT,
    "uri": form.URI,
    "date": form.DATE,
    "positive": form.POSITIVE,
    "object": form.OBJECT,
    "anything": form.ANYTHING,
    "name": form.NAME,
    "phone": form.PHONE,
    "context": form.CONTEXT,
    "word": form.word("raw", "part"),
    "whole": form.whole(1, 3, "one to three"),
    "list": form.listed(form.TEXT),
    "any list": form.listed(form.TEXT, 0),
    "either": form.either(form.TEXT, form.NAME, expected="a name"),
    "pattern": form.pattern("[0-9]{6}", "six digits"),
    "members": form.members(
        Field("a", form.TEXT, "甲", "A"), Field("b", form.DATE, "乙", "B", required=False)
    ),
}
# Values near to what the forms take, beside those that are near to nothing.
NEAR = st.sampled_from(
    [
        "raw", "raw\n", "raws", "", " ", "urn:x:y", "urn:x: y", "http://a/%zz", "2026-02-28", "2026-02-30", "20260228",
        "2024-02-29", "440605", "44060", "４４０６０５", "0757-8000", "+86 (0757) 80", "phone", 0, 1, 3, 4, 1.5, True,
        [], ["x"], [""], [1], ["urn:x:y", {}], [[]], {}, {"zh": "x"}, {"zh": ""}, {"en": "x"}, {"zh": "x", "en": "y"},
        {"zh": "x", "n:s": 1}, {"zh": "x", "ns": 1}, {"a": "x"}, {"a": "x", "b": "2026-01-01"}, {"a": "x", "b": "x"},
        {"a": "x", "ns:": 1}, {"a": "x", "@context": 1},
    ]
)  # fmt: skip


def takes(made, value):
    try:
        made.check(value, "")
    except InputError:
        return False
    return True


@pytest.mark.parametrize("name", FORMS)
@given(value=st.one_of(NEAR, JSON))
def test_the_check_and_the_schema_agree(name, value):
    assert takes(FORMS[name], value) == valid(FORMS[name].schema, value)


@pytest.mark.parametrize("name", sorted(FORMS.keys() - {"anything"}))
def test_each_form_takes_something_and_refuses_something(name):
    near = NEAR.elements  # type: ignore[attr-defined]
    assert {takes(FORMS[name], value) for value in near} == {True, False}


def test_a_field_is_published_under_both_its_names():
    schema = FORMS["members"].schema
    assert schema["required"] == ["a"]
    assert schema["properties"]["a"]["title"] == "甲"  # type: ignore[index, call-overload]
    assert schema["properties"]["a"]["description"] == "A"  # type: ignore[index, call-overload]


def test_a_moment_has_its_zone():
    assert takes(form.MOMENT, "2026-01-02T03:04:05Z")
    assert not takes(form.MOMENT, "2026-01-02T03:04:05")
