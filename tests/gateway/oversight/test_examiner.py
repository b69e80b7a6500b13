"""A seeded set of bad data, in which every fault is found and nothing of the good is reported."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from gateway.leader import LeadershipLostError
from gateway.oversight.rules import Rule
from gateway.sequencer import Sequencer
from indexer.core import canonical
from tests.gateway.making import NOW
from tests.gateway.oversight.things import (
    PALLET,
    case,
    ended,
    happened,
    heater,
    lot,
    lots,
    made,
    packed,
    quantity,
    seen,
    state,
    transformed,
    unpacked,
)

BOX, CRATE = case("A"), case("B")
ERROR = {"declarationTime": "2025-11-02T00:00:00Z"}
VALVES, HEATERS = lot("V"), lot("H")


def remarks(site):
    with site._as("web") as connection:
        return connection.execute(text("select * from gateway.remark order by id")).all()


def told(site):
    return sorted((row.rule, row.place) for row in remarks(site))


def used(hour, number):
    """Put valves into a run whose heaters are stated elsewhere."""
    put = [quantity(VALVES, number, "H87")]
    return transformed(hour, inputQuantityList=put, transformationID="urn:x:run")


GOOD = [
    lots(1, quantity(VALVES, 100, "H87")),
    made(2, BOX, CRATE, PALLET),
    transformed(
        3,
        inputQuantityList=[quantity(VALVES, 60, "H87")],
        outputEPCList=[heater(1), heater(2), heater(3)],
        outputQuantityList=[quantity(HEATERS, 30, "KGM")],
    ),
    seen(4, heater(1), heater(2), eventID="urn:x:checked"),
    packed(5, BOX, heater(1), heater(2)),
    packed(6, PALLET, BOX),
    lots(7, quantity(HEATERS, 30), action="OBSERVE", step="shipping"),
    unpacked(8, PALLET, BOX),
    unpacked(9, BOX, heater(1)),
    packed(10, CRATE, heater(1)),
    happened(11, "AssociationEvent", parentID=heater(2), childEPCs=[heater(3)], action="ADD"),
    ended(12, heater(3)),
]
FAULTS = [
    (seen(100_000, heater(1)), Rule.TIME_AHEAD, "/eventTime"),
    (seen(2.5, heater(2)), Rule.BEFORE_COMMISSIONING, "/epcList/0"),
    (seen(13, heater(3)), Rule.AFTER_END, "/epcList/0"),
    (packed(14, BOX, heater(1)), Rule.PACKED_TWICE, "/childEPCs/0"),
    (unpacked(15, CRATE, heater(2)), Rule.NOT_PACKED, "/childEPCs/0"),
    (unpacked(15, PALLET, CRATE), Rule.NOT_PACKED, "/childEPCs/0"),
    (packed(16, case("nobody's"), heater(9)), Rule.PARENT_UNKNOWN, "/parentID"),
    (transformed(17, inputEPCList=[heater(77)], outputEPCList=[heater(78)]), Rule.INPUT_UNKNOWN, "/inputEPCList/0"),
    (used(18, 41), Rule.QUANTITY_EXCEEDED, "/inputQuantityList/0"),
    (seen(4, heater(1), heater(2), eventID="urn:x:again"), Rule.CONTENT_REPEATED, ""),
    (seen(19, heater(1), eventID="urn:x:checked"), Rule.ID_REPEATED, "/eventID"),
    (seen(20, heater(1), "urn:epc:id:sscc:08600031303.0005"), Rule.CODE_MALFORMED, "/epcList/1"),
    (seen(20.5, heater(1), readPoint={"id": "urn:epc:id:sgln:1.2.0"}), Rule.CODE_MALFORMED, "/readPoint/id"),
    (seen(21, heater(1), errorDeclaration=ERROR), Rule.DECLARATION_UNKNOWN, "/errorDeclaration"),
]  # fmt: skip


def test_the_seeded_faults_are_all_of_the_rules():
    assert {rule for _, rule, _ in FAULTS} == set(Rule)


@pytest.mark.parametrize("turned", [False, True])
def test_nothing_of_the_good_is_reported(site, examine, turned):
    member = site.member()
    for one in reversed(GOOD) if turned else GOOD:
        state(site.desk, member.id, one)
    assert examine() == len(GOOD)
    assert told(site) == []


def test_every_fault_is_found_and_nothing_else(site, examine):
    member = site.member()
    state(site.desk, member.id, *GOOD)
    assert examine() == 1
    for stated, _, _ in FAULTS:
        state(site.desk, member.id, stated)
    assert examine() == len(FAULTS)
    assert told(site) == sorted((rule, place) for _, rule, place in FAULTS)
    assert {row.participant for row in remarks(site)} == {member.id}


def test_good_and_bad_in_one_submission_are_told_apart(site, examine):
    member = site.member()
    state(site.desk, member.id, *GOOD, *(stated for stated, _, _ in FAULTS))
    examine()
    assert told(site) == sorted((rule, place) for _, rule, place in FAULTS)


def test_a_remark_names_the_record_and_those_it_does_not_fit_with(site, examine):
    maker, shop = site.member(), site.member(1, "广州岭顺供应链管理有限公司")
    state(site.desk, maker.id, made(1, BOX, CRATE, heater(1)), packed(2, BOX, heater(1)))
    examine()
    state(site.desk, shop.id, packed(3, CRATE, heater(1)))
    examine()
    [row] = remarks(site)
    with site._as("web") as connection:
        query = text("select id, submission from ledger.record order by id")
        (_, packing, last) = connection.execute(query).all()
    assert (row.participant, row.record, row.submission) == (shop.id, last.id, last.submission)
    assert row.others == [packing.id]


def test_only_what_has_its_place_is_examined_and_only_once(site, examiner, examine):
    member = site.member()
    state(site.desk, member.id, seen(1, heater(1)))
    assert examiner.step(NOW) == 0
    assert examine() == 1
    assert examine() == 0
    state(site.desk, member.id, made(2, heater(1)))
    assert examine() == 1
    assert told(site) == [(Rule.BEFORE_COMMISSIONING, "/epcList/0")]


def test_a_step_takes_no_more_than_its_share(site, examiner, examine):
    member = site.member()
    for number in range(5):
        state(site.desk, member.id, made(number, heater(number)), seen(9, heater(number)))
    examiner.records = 4
    Sequencer(examiner.engine, examiner.term).step()
    assert [examiner.step(NOW) for _ in range(4)] == [2, 2, 1, 0]


def test_withdrawn_and_corrected_events_are_held_against_nobody(site, examine):
    member = site.member()
    operator = site.reviewer()
    site.open_log()
    said = site.send(member, made(1, heater(1)), seen(2, heater(1)), ended(3, heater(1)))
    digest = said["records"][2]["digest"]
    wrong = {"event": {"reason": "did_not_occur"}, "kind": 4, "amends": digest}
    held = site.post(member, canonical.encode({"items": [wrong]}))
    [application] = held.json()["applications"]
    path = f"/api/v1/applications/{application['id']}/review"
    answer = site.http.post(path, json=site.approval(application), headers=operator.headers)
    assert answer.json()["state"] == "recorded", answer.text
    site.send(member, seen(4, heater(1)))
    examine()
    assert told(site) == []


def test_what_was_altered_is_not_read(site, examine):
    member = site.member()
    state(site.desk, member.id, made(5, heater(1)))
    examine()
    site.tamper("update ledger.record set content = convert_to('{}', 'UTF8')")
    state(site.desk, member.id, seen(1, heater(1)))
    examine()
    assert told(site) == []


def test_what_is_gone_is_passed_over(site, examine):
    member = site.member()
    state(site.desk, member.id, made(5, heater(1)))
    state(site.desk, member.id, seen(1, heater(1)))
    assert examine() == 2
    site.tamper("delete from ledger.record where true")
    site.tamper("delete from gateway.examined where true")
    site.tamper("delete from gateway.remark where true")
    assert examine() == 2
    assert told(site) == []


def test_another_leader_examines_nothing(site, examiner, examine):
    member = site.member()
    state(site.desk, member.id, seen(1, heater(1)))
    with site._as("superuser") as connection:
        connection.execute(text("update ledger.leader set epoch = epoch + 1"))
    with pytest.raises(LeadershipLostError):
        examiner.step(datetime.now(UTC) + timedelta(days=1))
