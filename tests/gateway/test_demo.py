from datetime import UTC, datetime

from gateway import concealment, demo
from gateway.accounts import rules
from indexer.core import creditcode, event
from indexer.core.code import canonical

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SERIALS = ["AAA", "BBB", "CCC"]


def items():
    return [item for step in demo.life(SERIALS, NOW) for item in step.items]


def test_everything_said_is_well_formed():
    for item in items():
        event.check(item["event"])


def test_each_appliance_lives_all_six_steps_in_order():
    steps = [
        item["event"]["bizStep"]
        for item in items()
        if demo.epc("BBB") in item["event"].get("epcList", [])
    ]
    assert steps == [
        "commissioning", "inspecting", "shipping", "receiving", "shipping", "receiving",
        "retail_selling", "installing",
    ]  # fmt: skip


def test_time_only_goes_on_and_ends_before_now():
    times = [event.instant(item["event"]) for item in items() if item.get("kind") != 2]
    assert times == sorted(times)
    assert times[-1] < NOW


def test_the_first_thing_said_is_what_the_product_is():
    first = items()[0]
    assert first["kind"] == 2
    assert [canonical(one.code) for one in event.names(first["event"])] == [
        f"https://id.gs1.org/01/{demo.GTIN}"
    ]


def test_the_enterprises_could_exist():
    for one in demo.ENTERPRISES:
        creditcode.check(one.credit_code, "")
        rules.check_name(one.name)


def test_customers_and_inspectors_are_concealed():
    hidden = {
        pointer for item in items() for pointer in concealment.pointers(item["event"], "epcis/2.0")
    }
    for name in ("customerName", "customerAddress", "price", "operatorName"):
        assert f"/suyuan:{name}" in hidden
