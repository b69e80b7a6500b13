"""The walk fed from the store: whole stories are found, judged by the core's check, and opened no more than known."""

from dataclasses import replace

import pytest

from gateway.opener import Opener
from gateway.tracer import Tracer
from indexer.core import canonical, code
from indexer.core.verdict import State
from indexer.core.walk import Direction
from tests.gateway import tales
from tests.gateway.tales import packed
from tests.gateway.test_amendments import amend
from tests.gateway.web.serving import Site

BACK, FORWARD, BOTH = Direction


@pytest.fixture
def site(database, tmp_path):
    with Site(database, tmp_path) as served:
        served.open_log()
        yield served


def ask(site, asked, direction=BOTH, reader=None, limits=None, **more):
    with site.asking() as (verifier, connection):
        verifier = replace(verifier, **(limits or {}))
        return verifier.about(connection, code.parse(asked), reader, direction, **more)


def reached(page):
    things = page.story.walk.things
    return {one for one in things if not one.startswith("process")} - {page.story.asked}


def canon(*codes):
    return {code.canonical(code.parse(one)) for one in codes}


def told(site):
    """Tell the heater's tale, each party by itself; give the parties."""
    parties = [site.member(n, name) for n, name in enumerate(("甲", "乙"))]
    for who, events in zip(
        [0, 1, 0, 0],
        (tales.maker(), tales.carrier(), tales.fitter(), tales.supplier()),
        strict=True,
    ):
        site.send(parties[who], *events)
    site.place()
    site.anchor()
    return parties


def test_a_heater_leads_back_to_the_brass_of_its_valve_and_shows_its_journey(site):
    told(site)
    page = ask(site, tales.HEATERS[0], BACK)
    parts = canon(tales.VALVES[0], tales.VALVES[6], tales.VALVE_LOT, tales.BRASS, tales.BURNER)
    other = canon(f"https://id.gs1.org/01/{tales.VALVE_GTIN}/10/VL2612")
    journey = canon(tales.CASES[0], tales.PALLET, tales.TRUCK)
    assert reached(page) == parts | other | journey
    verdict = site.check(page.bundle.to_json(), tales.HEATERS[0])
    assert verdict.state is State.VERIFIED
    times = {one.content["body"]["eventTime"] for one in page.bundle.records}
    assert "2026-11-06T08:00:00+08:00" in times  # shipped with the pallet
    assert "2026-11-20T08:00:00+08:00" not in times  # the pallet without it


def test_brass_leads_forward_to_every_heater(site):
    told(site)
    page = ask(site, tales.BRASS, FORWARD)
    assert canon(*tales.HEATERS, *tales.VALVES[:6], tales.VALVE_LOT) <= reached(page)
    assert canon(tales.VALVES[6], tales.BURNER).isdisjoint(reached(page))
    assert site.check(page.bundle.to_json(), tales.BRASS).state is State.VERIFIED


@pytest.mark.parametrize("asked", [tales.HEATERS[3], tales.VALVE_LOT, tales.PALLET, tales.CASES[0]])
def test_whatever_is_asked_every_record_of_the_answer_speaks_of_it(site, asked):
    member, _ = told(site)
    for reader in (None, member.id):
        page = ask(site, asked, BOTH, reader)
        verdict = site.check(page.bundle.to_json(), asked)
        assert verdict.state is State.VERIFIED
        assert len(verdict.records) == len(page.story.steps)


def test_the_catch_leads_from_its_load_to_the_hatchery_and_back(site):
    """Five parties, transformations with an id, packing of a lot, a load emptied without a list of children."""
    members = [site.member(n, str(n)) for n in range(3)]
    for n, events in enumerate(tales.fish()):
        site.send(members[n % 3], *events)
    site.place()
    site.anchor()
    owner = members[1].id  # who packed, and may see what is packed
    sources = {tales.FEED, tales.FRY, tales.FARMED, tales.CAUGHT, tales.MIXED}
    for asked, contents in (
        (tales.LOAD, {tales.BOX, tales.TINNED}),
        (tales.TINNED, {tales.BOX, tales.LOAD}),
    ):
        page = ask(site, asked, BACK, owner)
        assert reached(page) == sources | contents, asked
        assert site.check(page.bundle.to_json(), asked).state is State.VERIFIED
    assert len(ask(site, tales.TINNED, BACK).story.steps) == sum(map(len, tales.fish()))
    for source in (tales.FRY, tales.FEED, tales.CAUGHT):
        page = ask(site, source, FORWARD)
        assert {tales.MIXED, tales.TINNED, tales.BOX, tales.LOAD} <= reached(page)
        assert site.check(page.bundle.to_json(), source).state is State.VERIFIED
    assert reached(ask(site, tales.FRY, FORWARD)).isdisjoint({tales.FEED, tales.CAUGHT})


def test_a_stranger_sees_of_a_case_only_what_was_asked_for(site):
    told(site)
    page = ask(site, tales.CASES[0])
    assert canon(*tales.HEATERS).isdisjoint(reached(page))
    page = ask(site, tales.HEATERS[1])
    packing = [
        one for one in page.bundle.records if one.content["body"].get("bizStep") == "packing"
    ]
    assert packing
    assert all(len(one.disclosures) <= 1 for one in packing)
    assert canon(tales.CASES[0], tales.PALLET) <= reached(page)
    assert tales.HEATERS[2] not in str([one.disclosures for one in page.bundle.records])


def test_what_opens_by_what_was_reached_leads_on(site):
    """Case, item and part are each concealed but for whoever knows them: the part leads to the case by two openings."""
    member = site.member()
    fitted = tales.fitted("2026-11-01T08:00:00Z", "urn:x:item", "urn:x:part")
    sent = [
        {"event": fitted, "conceal": ["/parentID", "/childEPCs/0"]},
        {"event": packed("2026-11-02T08:00:00Z", "urn:x:case", "urn:x:item", "urn:x:other")},
    ]
    assert site.post(member, canonical.encode({"items": sent})).status_code == 201
    assert reached(ask(site, "urn:x:part")) == set()  # the item's name stays closed
    assert reached(ask(site, "urn:x:part", BOTH, member.id)) == {"urn:x:item", "urn:x:case"}
    assert reached(ask(site, "urn:x:item")) == {"urn:x:case"}
    assert reached(ask(site, "urn:x:other")) == {"urn:x:case"}


def test_what_was_withdrawn_leads_nowhere_and_stays_in_the_answer(site):
    member, operator = site.member(), site.reviewer()
    wrong = packed("2026-11-02T08:00:00Z", "urn:x:wrong", "urn:x:item")
    base = site.send(member, wrong)["records"][0]["digest"]
    site.send(member, tales.objects("2026-11-03T08:00:00Z", "shipping", "urn:x:wrong"))
    assert len(ask(site, "urn:x:item").bundle.records) == 2
    amend(site, member, operator, base, 4, {"reason": "did_not_occur"})
    page = ask(site, "urn:x:item")
    assert reached(page) == set()
    assert [page.kinds[one.id] for one in page.bundle.records] == [1, 4]
    site.place()
    site.anchor()
    verdict = site.check(ask(site, "urn:x:item").bundle.to_json(), "urn:x:item")
    assert (verdict.state, [one.name for one in verdict.notices]) == (State.VERIFIED, ["WITHDRAWN"])


def test_what_was_altered_leads_nowhere_and_goes_out_to_be_found(site):
    told(site)
    site.tamper(
        "update ledger.record set content = convert_to(replace(convert_from(content, 'UTF8'),"
        " '2026-11-05T10:00', '2026-11-04T10:00'), 'UTF8') where content like '%2026-11-05T10:00%'"
    )
    page = ask(site, tales.HEATERS[1])
    assert canon(tales.PALLET).isdisjoint(reached(page))
    verdict = site.check(page.bundle.to_json(), tales.HEATERS[1])
    assert verdict.state is State.ALTERED
    assert [one.state for one in verdict.records].count(State.ALTERED) == 1


def test_what_is_gone_of_what_led_on_is_missing(site):
    told(site)
    site.tamper("delete from ledger.record where content like '%2026-11-06T08:00:00+08:00%'")
    page = ask(site, tales.HEATERS[1])
    assert len(page.bundle.missing) == 1
    assert site.check(page.bundle.to_json(), tales.HEATERS[1]).state is State.MISSING
    assert ask(site, tales.HEATERS[5]).bundle.missing == []  # it never was on the pallet


def test_depth_ends_a_trace_and_says_so(site):
    told(site)
    page = ask(site, tales.HEATERS[0], BACK, depth=1)
    assert canon(tales.VALVE_LOT, tales.PALLET).isdisjoint(reached(page))
    assert page.left_out == ["depth"]
    assert ask(site, tales.HEATERS[0], BACK, depth=20).left_out == []


def test_a_trace_too_large_to_read_ends_early_and_says_so(site):
    told(site)
    page = ask(site, tales.VALVE_LOT, limits={"reading": 5})
    assert (page.left_out, page.more) == (["reading"], True)
    assert len(page.story.told) == 5


def test_pages_follow_each_other_each_proving_itself(site):
    told(site)
    whole = ask(site, tales.VALVE_LOT).story.order
    shown, after = [], None
    while True:
        page = ask(site, tales.VALVE_LOT, limits={"most": 4}, after=after)
        assert site.check(page.bundle.to_json(), tales.VALVE_LOT).state is State.VERIFIED
        ids = {one.id for one in page.bundle.records}
        shown += [one for one in whole if one in ids and one not in shown]
        if page.next is None:
            break
        assert page.left_out == ["records"]
        after = page.next
    assert sorted(shown) == sorted(whole)


def test_the_nearest_records_come_first_and_of_them_the_newest(site):
    told(site)
    story = ask(site, tales.HEATERS[0]).story
    steps = [story.steps[one] for one in story.order]
    assert steps == sorted(steps)
    own = [one for one in story.order if story.steps[one] == 0]
    assert own == sorted(own, reverse=True)


def test_turning_a_story_forward_is_asking_forward(site):
    told(site)
    with site.asking() as (verifier, connection):
        both = Tracer(connection, Opener(connection, verifier.vault, None)).trace(
            code.parse(tales.VALVE_LOT), BOTH
        )
        forward = verifier.trace(connection, code.parse(tales.VALVE_LOT), None, FORWARD)
    assert both.forward().walk.things == forward.walk.things


def test_the_other_pieces_of_a_lot_are_neither_told_nor_read(site):
    """However many pieces a lot has, each in an event of its own: one of them leads to the lot and to no other."""
    member = site.member()
    lot = {"cbvmda:lotNumber": "L"}
    pieces = [f"https://id.gs1.org/01/{tales.GTIN}/21/P{n}" for n in range(5)]
    born = (
        tales.objects("2026-11-01T08:00:00Z", "commissioning", one, action="ADD", ilmd=lot)
        for one in pieces
    )
    of_lot = f"https://id.gs1.org/01/{tales.GTIN}/10/L"
    made = tales.made("2026-10-01T08:00:00Z", "assembling", ["urn:x:steel"], [of_lot])
    site.send(member, *born, made)
    site.place()
    site.anchor()
    page = ask(site, pieces[0])
    assert reached(page) == {of_lot, "urn:x:steel"}
    assert len(page.story.told) == len(page.bundle.records) == 2
    assert site.check(page.bundle.to_json(), pieces[0]).state is State.VERIFIED
    for asked in (of_lot, "urn:x:steel"):
        page = ask(site, asked)
        assert set(pieces) <= reached(page)
        assert site.check(page.bundle.to_json(), asked).state is State.VERIFIED
