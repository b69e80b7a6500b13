import pytest

from gateway.exchange import fields
from gateway.exchange.fields import Field
from tests.gateway.making import event

OWN = "https://ns.example/voc/"
EVENT = event(
    **{
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"ex": OWN}],
        "ex:heat": 20,
        "ex:notes": ["a", "b"],
        "ex:box": {"ex:size": "7", "ex:deep": [{"ex:core": {"@value": "2026-01-01T00:00:00Z"}}]},
        "ilmd": {"ex:lot": "L1", "ex:more": {"ex:made": 5}},
        "sensorElementList": [
            {"sensorReport": [{"type": "Temperature", "ex:probe": "p1"}], "ex:rack": 3}
        ],
    }
)


@pytest.mark.parametrize(
    ("asked", "values"),
    [
        (Field("ex:heat"), [20]),
        (Field("ex:notes"), ["a", "b"]),
        (Field(OWN + "heat"), [20]),
        (Field("https://ns.example/voc#heat"), [20]),
        (Field("other:heat", prefixes={"other": OWN}), [20]),
        (Field("ex:heat", prefixes={"ex": "https://elsewhere.example/"}), []),
        (Field("ex:size"), []),
        (Field("ex:size", inner=True), ["7"]),
        (Field("ex:core", inner=True), ["2026-01-01T00:00:00Z"]),
        (Field("ex:lot", "ILMD"), ["L1"]),
        (Field("ex:made", "ILMD"), []),
        (Field("ex:made", "ILMD", inner=True), [5]),
        (Field("ex:rack", "SENSORELEMENT"), [3]),
        (Field("ex:probe", "SENSORREPORT"), ["p1"]),
        (Field("ex:probe", "SENSORELEMENT", inner=True), ["p1"]),
        (Field("ex:none", "ERROR_DECLARATION"), []),
    ],
)
def test_a_member_is_met_where_it_is_asked_for_in_any_spelling(asked, values):
    assert list(asked.values(EVENT)) == values


@pytest.mark.parametrize(
    ("value", "wanted", "same"),
    [
        ("a", "a", True),
        ("a", "b", False),
        (20, "20.0", True),
        ("20", "2e1", True),
        (True, "true", True),
        (True, "1", False),
        ("2026-01-01T08:00:00+08:00", "2026-01-01T00:00:00Z", True),
        (None, "", False),
        ({"a": 1}, "a", False),
    ],
)
def test_values_are_compared_as_what_both_can_be_read_as(value, wanted, same):
    assert fields.equal(value, wanted) is same


def test_what_cannot_be_compared_is_in_no_order():
    assert fields.compared(20, "19", "GT")
    assert fields.compared("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", "LT")
    for order in fields.ORDER:
        assert not fields.compared("x", "19", order)
        assert not fields.compared(20, "2026-01-01T00:00:00Z", order)


def test_a_plus_sign_that_became_a_blank_is_read():
    assert fields.moment("2026-01-01T08:00:00 08:00") == fields.moment("2026-01-01T00:00:00Z")
    assert fields.moment("2026-01-01") is None


@pytest.mark.parametrize("odd", [None, 5, "x", [1, None, "x"], {"a": []}])
def test_altered_events_have_no_values(odd):
    broken = {"@context": odd, "ilmd": odd, "sensorElementList": [odd, {"sensorReport": odd}]}
    for root in ("", *fields.ROOTS):
        assert list(Field("ex:none", root, inner=True).values(broken)) == []
