from datetime import UTC, datetime

import pytest

from gateway import demo, statement, supply
from gateway.accounts import rules
from indexer.core import code, creditcode, event
from indexer.core.record import Kind

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SERIALS = ["AAA", "BBB", "CCC", "DDD"]


def items():
    return [item for step in supply.story(SERIALS, NOW) for item in step.items]


def test_everything_said_is_well_formed():
    for item in items():
        statement.check(item["event"], Kind(item.get("kind", 1)))


def test_time_only_goes_on_and_ends_before_now():
    times = [event.instant(item["event"]) for item in items() if item.get("kind") != 2]
    assert times == sorted(times)
    assert times[-1] < NOW


def test_every_place_has_a_name():
    named = {item["event"]["gln"] for item in items() if item["event"]["type"] == "Site"}
    used = {
        item["event"]["readPoint"]["id"].removeprefix("https://id.gs1.org/414/")
        for item in items()
        if "readPoint" in item["event"]
    }
    assert used <= named


def test_the_supplier_could_exist():
    creditcode.check(demo.SUPPLIER.credit_code, "")
    rules.check_name(demo.SUPPLIER.name)
    for gtin in (supply.VALVE_GTIN, supply.BRASS_GTIN):
        assert code.parse(gtin).gtin == gtin


def test_the_purchase_and_the_production_are_held_to_their_topics():
    assert {item["event"].get("suyuan:topic") for item in items()} >= {"purchase", "production"}


@pytest.mark.parametrize("asked", [supply.PALLET, supply.lot(supply.RECALLED)])
def test_what_is_asked_for_in_the_demo_is_in_the_story(asked):
    named = {
        code.canonical(naming.code)
        for item in items()
        if item.get("kind") != 2
        for naming in event.names(item["event"])
    }
    assert asked in named
