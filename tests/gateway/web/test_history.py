"""A bundle in plain words, read defensively."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from gateway.verifier import Answer
from gateway.web import history
from gateway.web.languages import IDENTIFIERS
from indexer.core import code, record
from indexer.core.bundle import Bundle, Entry, Logged, Signed
from tests.gateway.making import GTIN, event, product
from tests.indexer.core.cases import load

PARTY = UUID(int=1)


def entry(number, body, logged=True):
    signed = Signed(PARTY, b"k" * 20, 0, 1, b"r" * 32, b"s" * 65)
    place = Logged(number, []) if logged else None
    return Entry(UUID(int=number), {"body": body}, [], signed, 0, [], 1_790_000_000_000, place)


def answer(*bodies, stated=None):
    entries = [entry(number, one) for number, one in enumerate(bodies, 1)]
    return Answer(
        Bundle("x", None, None, entries), {one.id: 1 for one in entries}, {}, product=stated
    )


def test_moments_come_in_the_order_of_what_happened():
    late = event(eventTime="2026-11-20T08:00:00+08:00", bizStep="shipping")
    early = event(
        eventTime="2026-11-20T00:00:00+01:00", bizStep="urn:epcglobal:cbv:bizstep:packing"
    )
    told = history.moments(answer(late, early), {PARTY: "甲"}, "zh")
    assert [(one.title, one.when) for one in told] == [
        ("装箱", "2026-11-20 07:00"),
        ("发货", "2026-11-20 08:00"),
    ]
    assert {one.who for one in told} == {"甲"}


def test_a_moment_without_a_time_is_shown_when_it_was_received():
    (told,) = history.moments(answer(event(eventTime="soon")), {}, "en")
    assert datetime.fromisoformat(told.instant).timestamp() == 1_790_000_000
    assert told.who is None


def test_what_declares_itself_an_error_did_not_happen():
    declared = event(errorDeclaration={"declarationTime": "2026-11-21T12:00:00Z"})
    assert history.moments(answer(declared), {}, "en") == []


@pytest.mark.parametrize(
    ("step", "title"),
    [
        ("cbv:BizStep-packing", "装箱"),
        ("https://ref.gs1.org/cbv/BizStep-packing", "装箱"),
        ("https://acme.example/steps/leak_testing", "leak testing"),
        ("acme:leak_testing", "leak testing"),
    ],
)
def test_a_step_is_named_in_any_spelling(step, title):
    (told,) = history.moments(answer(event(bizStep=step)), {}, "zh")
    assert told.title == title


def test_measured_values_come_with_their_units():
    report = {"type": "Temperature", "value": 61.5, "uom": "CEL"}
    named = {"type": "gs1:MT-Pressure", "value": 0, "uom": "PAL", "suyuan:item": "供气压力"}
    sent = event(sensorElementList=[{"sensorReport": [report, named, {"value": 1}, 5]}, 7])
    (told,) = history.moments(answer(sent), {}, "en")
    assert told.facts == [("Temperature", "61.5 ℃"), ("供气压力", "0 Pa")]


def test_place_and_known_extensions_are_facts_and_unknown_ones_are_not():
    sent = event(
        readPoint={"id": "urn:epc:id:sgln:6945000.00101.0"},
        ilmd={"suyuan:lot": "A2", "suyuan:deep": {"x": 1}},
        **{"suyuan:conclusion": "合格", "suyuan:unknown": "x", "lot": "not ours"},
    )
    (told,) = history.moments(answer(sent), {}, "zh")
    assert told.facts == [("地点", "GLN 6945000001012"), ("批号", "A2"), ("结论", "合格")]


def test_a_product_is_named_in_the_readers_language():
    stated = product(
        name={"zh": "热水器", "en": "Heater"}, ratedHeatLoadKw=30, manufacturer={"zh": "甲厂"}
    )
    name, facts = history.product(answer(stated=stated), "en")
    assert name == "Heater"
    assert ("Rated heat load", "30 kW") in facts
    assert ("Category", "gas water heater") in facts
    assert ("Manufacturer", "甲厂") in facts
    assert history.product(answer(), "zh") == (None, [])


def test_a_gas_appliances_plate_is_told():
    stated = product(
        ratedPressurePa=2000,
        efficiencyGrade=2,
        cccValidUntil="2031-03-14",
        licenceNumber="XK21-007-00001",
        licenceValidUntil="2028-02-29",
    )
    _, facts = history.product(answer(stated=stated), "zh")
    assert {
        ("额定供气压力", "2000 Pa"),
        ("能效等级", "2"),
        ("CCC 证书有效期至", "2031-03-14"),
        ("生产许可证编号", "XK21-007-00001"),
        ("生产许可证有效期至", "2028-02-29"),
    } <= set(facts)


HEATER = product(gasClass="12T")
PIECE = code.parse(f"(01){GTIN}(21)1")


def sold(at, **members):
    return event(eventTime=at, bizStep="retail_selling", **members)


@pytest.mark.parametrize(
    ("stated", "sales", "said"),
    [
        (
            HEATER,
            [sold("2024-02-29T20:00:00+08:00")],
            "2032-02-29（自 2024-02-29 售出起 8 年，GB 17905-2008）",
        ),
        (
            {**HEATER, "gasClass": "5R"},
            [sold("2024-02-29T20:00:00+08:00")],
            "2030-02-28（自 2024-02-29 售出起 6 年，GB 17905-2008）",
        ),
        (
            {**HEATER, "safeUseYears": 10},
            [sold("2026-11-20T08:00:00+08:00"), sold("2026-11-19T08:00:00+08:00")],
            "2036-11-19（自 2026-11-19 售出起 10 年，企业声明）",
        ),
        # The day is the day where it was sold.
        (
            HEATER,
            [sold("2026-11-18T17:00:00Z")],
            "2034-11-19（自 2026-11-19 售出起 8 年，GB 17905-2008）",
        ),
        (HEATER, [event()], None),
        (HEATER, [sold("9999-12-31T23:00:00Z")], None),
        ({**HEATER, "category": "commercial"}, [sold("2026-11-18T17:00:00Z")], None),
        (None, [sold("2026-11-18T17:00:00Z")], None),
    ],
)
def test_a_piece_may_be_used_until_its_years_are_over(stated, sales, said):
    told = history.safe_use(answer(*sales, stated=stated), PIECE, "zh")
    assert told == ([("可安全使用至", said)] if said else [])


def test_a_class_has_no_last_day():
    sale = answer(sold("2026-11-18T17:00:00Z"), stated=HEATER)
    assert history.safe_use(sale, code.parse(GTIN), "zh") == []
    assert history.safe_use(sale, code.parse(f"(01){GTIN}(10)L"), "zh") == []
    assert history.safe_use(sale, PIECE, "en")[0][0] == "Safe to use until"


def test_a_corrected_sale_counts_and_a_withdrawn_one_does_not():
    sale = entry(1, sold("2026-11-01T10:00:00+08:00"))
    digest = record.digest(sale.content).hex()
    corrected = entry(2, sold("2026-11-05T10:00:00+08:00"))
    corrected.content["amends"] = digest
    bundle = Bundle("x", None, None, [sale, corrected])
    both = {sale.id: 1, corrected.id: 3}
    ((_, said),) = history.safe_use(Answer(bundle, both, {}, product=HEATER), PIECE, "zh")
    assert said.startswith("2034-11-05")
    gone = {sale.id: 1, corrected.id: 4}
    assert history.safe_use(Answer(bundle, gone, {}, product=HEATER), PIECE, "zh") == []


def test_the_last_moment_of_the_calendar_is_shown_and_breaks_nothing():
    (told,) = history.moments(answer(sold("9999-12-31T23:00:00Z")), {}, "zh")
    assert told.when == "9999-12-31 23:00"


def test_a_place_goes_by_the_name_its_participant_gave_it():
    place = {"id": "urn:epc:id:sgln:6945000.00101.L3"}
    here = answer(
        event(readPoint=place), event(bizLocation={"id": "urn:x:place"}), event(readPoint=5)
    )
    gln = "https://id.gs1.org/414/6945000001012"
    assert [(who, code.canonical(one)) for who, one in history.places(here)] == [
        (PARTY, gln),
        (PARTY, "urn:x:place"),
    ]
    named: dict[Any, Any] = {(PARTY, gln): {"name": {"zh": "佛山工厂", "en": "Foshan works"}}}
    told = history.moments(here, {}, "en", named)
    assert [one.facts for one in told] == [
        [("Place", "Foshan works")],
        [("Place", "urn:x:place")],
        [],
    ]
    foreign: dict[Any, Any] = {(UUID(int=2), gln): {"name": {"zh": "别家"}}}
    assert history.moments(here, {}, "zh", foreign)[0].facts == [("地点", "GLN 6945000001012")]


@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        (f"(01){GTIN}(21)7", [("GTIN", GTIN), ("Serial number", "7")]),
        (f"(01){GTIN}(10)L", [("GTIN", GTIN), ("Lot", "L")]),
        (GTIN, [("GTIN", GTIN)]),
        ("(8003)00614141123452S7", [("Returnable asset (GRAI)", "00614141123452S7")]),
        (
            "(8010)0614141A(8011)7",
            [("Component or part (CPI)", "0614141A"), ("Serial number", "7")],
        ),
        ("urn:x:y", [("Code", "urn:x:y")]),
    ],
)
def test_a_code_is_spelt_out(asked, parts):
    assert history.identity(code.parse(asked), "en") == parts


def test_every_part_of_every_key_has_a_name():
    read = [code.parse(case["text"]) for case in load("code", "read", version=2)]
    parts = {ai for one in read for ai, _ in code.elements(one)}
    assert parts | {"21", "10"} == IDENTIFIERS.keys()
