"""Things go by their names, codes by their telling ends, moments by our clock."""

import pytest

from gateway.web.wording import Wording, clock, day, label
from indexer.core.link import FIRST, LAST
from tests.gateway.web.test_sketch import HEATER, LOT, fleet, story


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("https://id.gs1.org/01/06945000000015/21/H1", ("H1", "06945000000015")),
        ("https://id.gs1.org/00/069450000000000015", ("069450…0000015", "物流单元代码")),
        ("urn:example:lot:brass-7", ("brass-7", "urn:example:lot")),
        ("urn:example:lot:a-very-long-name-of-a-lot", ("a-very…f-a-lot", "urn:example:lot")),
        ("https://example.com/lots#7", ("7", "https:…om/lots")),
    ],
)
def test_a_code_is_worded_by_its_telling_end(code, lines):
    assert label(code, "zh") == lines


def test_a_named_thing_goes_by_the_name_of_its_class_and_its_own_before():
    told = story(LOT, *fleet(1))
    words = Wording(
        told,
        {"https://id.gs1.org/01/06945000000015": {"name": {"zh": "热水器", "en": "Heater"}}},
        "en",
    )
    assert words.thing(f"{HEATER}0") == ("0", "Heater")
    assert words.line(f"{HEATER}0") == "0 · Heater"
    own = Wording(told, {f"{HEATER}0": {"name": "老张的"}}, "zh")
    assert own.line(f"{HEATER}0") == "0 · 老张的"
    assert words.page(f"{HEATER}0") == "/01/06945000000015/21/0"


def test_moments_are_told_by_our_clock():
    assert clock("2026-11-01T18:30:00.5") == "2026-11-02 02:30"
    assert day("2026-11-01T18:30:00!") == "2026-11-02"
    assert (clock(FIRST), clock(LAST)) == ("", "")
    assert clock("9999-12-31T23:30:00") == "9999-12-31 23:30"
