"""A bundle in plain words, read defensively."""

from datetime import datetime
from uuid import UUID

import pytest

from gateway.verifier import Answer
from gateway.web import history
from gateway.web.languages import IDENTIFIERS
from indexer.core import code
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
