from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.core import product
from indexer.core.errors import InputError
from tests.indexer.core.cases import JSON
from tests.indexer.core.events import HEATER


def test_whole_and_least_master_data_pass():
    product.check(HEATER)
    least = {name: HEATER[name] for name in ("type", "gtin", "model", "category", "servicePhone")}
    product.check({**least, "name": {"zh": "灶"}, "brand": {"zh": "清源"}})


@pytest.mark.parametrize("name", ["type", "gtin", "name", "model", "category", "servicePhone"])
def test_what_a_consumer_needs_must_be_there(name):
    with pytest.raises(InputError) as caught:
        product.check({key: value for key, value in HEATER.items() if key != name})
    assert (caught.value.code, caught.value.place) == ("MEMBER_MISSING", f"/{name}")


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"gtin": "06945000000016"}, "CODE_CHECK_DIGIT", "/gtin"),
        ({"gtin": "6945000000015"}, "MEMBER_WRONG", "/gtin"),
        ({"gtin": 6945000000015}, "MEMBER_WRONG", "/gtin"),
        ({"gtin": "０6945000000015"}, "MEMBER_WRONG", "/gtin"),
        ({"name": {"en": "x"}}, "MEMBER_MISSING", "/name/zh"),
        ({"name": "热水器"}, "MEMBER_WRONG", "/name"),
        ({"name": {"zh": "x", "fr": "y"}}, "MEMBER_UNKNOWN", "/name/fr"),
        ({"model": ""}, "MEMBER_WRONG", "/model"),
        ({"category": "heater"}, "MEMBER_WRONG", "/category"),
        ({"gasClass": "gas"}, "MEMBER_WRONG", "/gasClass"),
        ({"ratedHeatLoadKw": 0}, "MEMBER_WRONG", "/ratedHeatLoadKw"),
        ({"ratedHeatLoadKw": "30"}, "MEMBER_WRONG", "/ratedHeatLoadKw"),
        ({"safeUseYears": 8.5}, "MEMBER_WRONG", "/safeUseYears"),
        ({"safeUseYears": True}, "MEMBER_WRONG", "/safeUseYears"),
        ({"safeUseYears": 101}, "MEMBER_WRONG", "/safeUseYears"),
        ({"servicePhone": "call us"}, "MEMBER_WRONG", "/servicePhone"),
        ({"servicePhone": "javascript:alert(1)"}, "MEMBER_WRONG", "/servicePhone"),
        ({"manufacturer": {}}, "MEMBER_MISSING", "/manufacturer/zh"),
        ({"colour": "white"}, "MEMBER_UNKNOWN", "/colour"),
        ({"type": "product"}, "MEMBER_WRONG", "/type"),
        ({"gasClass": "12TT"}, "MEMBER_WRONG", "/gasClass"),
        ({"ratedPressurePa": -2000}, "MEMBER_WRONG", "/ratedPressurePa"),
        ({"efficiencyGrade": 4}, "MEMBER_WRONG", "/efficiencyGrade"),
        ({"cccValidUntil": "2031-02-29"}, "MEMBER_WRONG", "/cccValidUntil"),
        ({"licenceNumber": " "}, "MEMBER_WRONG", "/licenceNumber"),
        ({"licenceValidUntil": "2031"}, "MEMBER_WRONG", "/licenceValidUntil"),
    ],
)
def test_what_is_wrong_is_named(changes, code, place):
    with pytest.raises(InputError) as caught:
        product.check({**HEATER, **changes})
    assert (caught.value.code, caught.value.place) == (code, place)


@pytest.mark.parametrize(
    ("category", "gas", "least"),
    [
        ("water_heater", "5R", 6),
        ("water_heater", "12T", 8),
        ("boiler", "20Y", 8),
        ("cooker", "7R", 8),
        ("other", "12T", 10),
    ],
)
def test_a_declared_age_is_not_below_the_standards(category, gas, least):
    appliance = {**HEATER, "category": category, "gasClass": gas}
    product.check({**appliance, "safeUseYears": least})
    product.check({**appliance, "safeUseYears": least + 5})
    with pytest.raises(product.SafeUseTooShortError) as caught:
        product.check({**appliance, "safeUseYears": least - 1})
    assert caught.value.place == "/safeUseYears"
    assert f" {least} years" in str(caught.value)


@pytest.mark.parametrize("changes", [{"category": "commercial"}, {"gasClass": "12YK"}])
def test_where_the_standard_sets_nothing_a_maker_may_declare_anything(changes):
    product.check({**HEATER, **changes, "safeUseYears": 1})


def test_a_gas_appliance_states_what_its_plate_says():
    plate: dict[str, Any] = {
        "@context": {"sy": "https://suyuan.example/ns/"},
        "gasClass": "12YK",
        "ratedPressurePa": 2000,
        "efficiencyGrade": 2,
        "cccValidUntil": "2031-03-14",
        "licenceNumber": "XK21-007-00001",
        "licenceValidUntil": "2028-02-29",
    }
    product.check({**HEATER, **plate})


@given(JSON, st.sampled_from(sorted(HEATER)))
def test_hostile_master_data_raise_input_errors_alone(value, name):
    for hostile in (value, {**HEATER, name: value}):
        try:
            product.check(hostile)
        except InputError as error:
            str(error).encode()
