from datetime import UTC, datetime

import pytest
from hypothesis import given

from indexer.core import shape
from indexer.core.errors import InputError
from tests.indexer.core.cases import JSON


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01T08:00:00Z", datetime(2026, 3, 1, 8, tzinfo=UTC)),
        ("2026-03-01T08:00:00+08:00", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T00:00:00-00:30", datetime(2026, 3, 1, 0, 30, tzinfo=UTC)),
        ("2026-03-01T08:00:00.5Z", datetime(2026, 3, 1, 8, 0, 0, 500000, tzinfo=UTC)),
        ("2026-03-01T08:00:00.123456789Z", datetime(2026, 3, 1, 8, 0, 0, 123456, tzinfo=UTC)),
        ("2026-03-01T08:00:00.12345678901Z", datetime(2026, 3, 1, 8, 0, 0, 123456, tzinfo=UTC)),
        ("2024-02-29T23:59:59+14:00", datetime(2024, 2, 29, 9, 59, 59, tzinfo=UTC)),
    ],
)
def test_moments_are_read_as_utc(text, moment):
    assert shape.read_moment(text, "") == moment


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2026-03-01",
            "2026-03-01T08:00:00",
            "2026-03-01 08:00:00Z",
            "2026-03-01T08:00Z",
            "20260301T080000Z",
        ),
        *(
            "2026-02-29T08:00:00Z",
            "2026-13-01T08:00:00Z",
            "2026-03-01T24:00:00Z",
            "2026-03-01T08:00:60Z",
        ),
        *(
            "2026-03-01T08:00:00+8",
            "2026-03-01T08:00:00+14:30",
            "2026-03-01T08:00:00z",
            "0000-01-01T00:00:00Z",
        ),
        *(
            "0001-01-01T00:00:00+08:00",
            "9999-12-31T23:59:59-08:00",
            "２026-03-01T08:00:00Z",
            "2026-03-01T08:00:00Z ",
        ),
        *("2026-03-01T08:00:00.Z", "", 5, None, ["2026-03-01T08:00:00Z"]),
    ],
)
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(shape.ShapeError) as caught:
        shape.moment(text, "/eventTime")
    assert caught.value.place == "/eventTime"


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (shape.text, ["x", " x", "水"], ["", " \t", 1, None, [], {}]),
        (
            shape.uri,
            ["urn:a:b", "https://a/b?c#d", "ex:%41"],
            ["a", ":a", "a:", "a: b", "a:水", "a:%4", 1, None],
        ),
        (shape.number, [0, -1, 0.5], [True, "1", None, []]),
        (shape.positive, [1, 0.1], [0, -1, False, True, "1", None]),
        (shape.amount, [0, 1, 0.1], [-1, False, True, "1", None]),
        (shape.string, ["", "x"], [1, None, []]),
        (shape.boolean, [True, False], [0, 1, "true", None]),
        (shape.mapping, [{}, {"a": 1}], [[], "", None, 1]),
        (shape.pattern("a|b", "a or b"), ["a", "b"], ["ab", "a\n", "xa", "", 1, None]),
        (shape.array(shape.number), [[], [1]], [{}, "", None, ["1"], [1, "1"]]),
        (shape.array(shape.number, least=1), [[1]], [[]]),
        (shape.either(shape.number, shape.text, expected="either"), [1, "x"], ["", [], None]),
    ],
)
def test_checks_tell_good_from_bad(check, good, bad):
    for value in good:
        check(value, "/x")
    for value in bad:
        with pytest.raises(shape.ShapeError) as caught:
            check(value, "/x")
        assert caught.value.place.startswith("/x")


POINT = shape.members({"x": shape.number}, {"name": shape.text})


@pytest.mark.parametrize(
    ("value", "code", "place"),
    [
        ([], "MEMBER_WRONG", "/p"),
        ({}, "MEMBER_MISSING", "/p/x"),
        ({"x": "1"}, "MEMBER_WRONG", "/p/x"),
        ({"x": 1, "name": ""}, "MEMBER_WRONG", "/p/name"),
        ({"x": 1, "y": 1}, "MEMBER_UNKNOWN", "/p/y"),
        ({"x": 1, "a/b": 1}, "MEMBER_UNKNOWN", "/p/a~1b"),
        ({"x": 1, ":a": 1}, "MEMBER_UNKNOWN", "/p/:a"),
        ({"x": 1, "a:": 1}, "MEMBER_UNKNOWN", "/p/a:"),
        ({"x": 1, "a:b c": 1}, "MEMBER_UNKNOWN", "/p/a:b c"),
    ],
)
def test_members_are_named_where_they_are_wrong(value, code, place):
    with pytest.raises(InputError) as caught:
        POINT(value, "/p")
    assert (caught.value.code, caught.value.place) == (code, place)


def test_members_with_a_prefix_extend_an_object():
    POINT({"x": 1, "sy:limit": None, "https://ns.example/x": [1], "sy:水": 1}, "")


@given(JSON)
def test_checks_of_hostile_values_raise_input_errors_alone(value):
    for check in (POINT, shape.moment, shape.uri, shape.array(POINT), shape.pattern("a", "a")):
        try:
            check(value, "")
        except InputError as error:
            str(error).encode()
