"""Answers are judged by the core's own check, with trust and a sighting that never saw the gateway."""

import pytest

from gateway.verifier import NoRecordError
from indexer.core import code
from indexer.core.verdict import State
from tests.gateway.making import GTIN, event, product
from tests.gateway.web.serving import Site, epc


@pytest.fixture
def site(database, tmp_path):
    with Site(database, tmp_path) as served:
        yield served


def verdict(site, answer, serial="1"):
    return site.check(answer.bundle.to_json(), epc(serial))


def told(site):
    """A member states a product and a piece's life, placed and anchored."""
    member = site.member()
    site.send(member, product())
    site.send(member, event("1", action="ADD", bizStep="commissioning"), event("2"))
    site.send(member, event("1"))
    site.place()
    site.anchor()
    return member


def test_a_history_verifies_whole(site):
    told(site)
    answer = site.about()
    judged = verdict(site, answer)
    assert judged.state is State.VERIFIED
    assert [record.kind for record in judged.records] == [2, 1, 1]
    assert answer.product["model"] == "JSQ30-16X"
    assert not answer.more


@pytest.mark.parametrize("asked", [f"(01){GTIN}(21)999", "(01)06901234567892(21)1", "urn:x:y"])
def test_a_code_nobody_recorded_is_unknown_even_where_its_class_is_known(site, asked):
    told(site)
    with site.asking() as (verifier, connection):
        answer = verifier.about(connection, code.parse(asked))
    assert answer.bundle.records == []
    assert answer.product is None
    assert site.check(answer.bundle.to_json(), asked).state is State.UNKNOWN


def test_a_class_answers_with_its_one_master_data(site):
    told(site)
    site.send(site.member(1, "广州岭顺供应链管理有限公司"), product(model="B"))
    site.place()
    site.anchor()
    with site.asking() as (verifier, connection):
        answer = verifier.about(connection, code.parse(GTIN))
    assert [answer.kinds[one.id] for one in answer.bundle.records] == [2]
    assert answer.product["model"] == "JSQ30-16X"
    assert site.check(answer.bundle.to_json(), GTIN).state is State.VERIFIED


def test_what_lies_beyond_the_anchor_is_pending(site):
    member = told(site)
    site.send(member, event("1", bizStep="shipping"))
    stored = verdict(site, site.about())
    assert stored.state is State.PENDING
    assert [record.state for record in stored.records] == [State.VERIFIED] * 3 + [State.PENDING]
    site.place()
    assert verdict(site, site.about()).state is State.PENDING


@pytest.mark.parametrize("lack", ["final", "with_checkpoint"])
def test_an_anchor_that_is_not_final_or_has_no_checkpoint_carries_nothing(site, lack):
    member = told(site)
    before = site.about().bundle.anchor
    site.send(member, event("1", bizStep="shipping"))
    site.place()
    site.anchor(**{lack: False})
    answer = site.about()
    assert answer.bundle.anchor == before
    assert verdict(site, answer).state is State.PENDING


def test_altered_content_goes_out_as_it_stands_and_fails(site):
    told(site)
    site.tamper(
        "update ledger.record set content = convert_to(replace(convert_from(content, 'UTF8'),"
        " 'commissioning', 'decommissioning'), 'UTF8') where content like '%commissioning%'"
    )
    judged = verdict(site, site.about())
    assert judged.state is State.ALTERED
    assert [record.state for record in judged.records] == [
        State.VERIFIED,
        State.ALTERED,
        State.VERIFIED,
    ]


@pytest.mark.parametrize("content", [b"\xff\x00", b"[]", b'{"a":1,"a":2}', b""])
def test_content_that_is_no_record_any_more_is_altered_and_breaks_nothing(site, content):
    told(site)
    site.tamper("update ledger.record set content = :content where kind = 1", content=content)
    judged = verdict(site, site.about())
    assert [record.state for record in judged.records] == [
        State.VERIFIED,
        State.ALTERED,
        State.ALTERED,
    ]


def test_a_deleted_record_is_named_with_its_place_and_harms_no_neighbour(site):
    member = told(site)
    answer = site.about("2")
    (gone,) = [one for one in answer.bundle.records if answer.kinds[one.id] == 1]
    site.tamper("delete from ledger.record where id = :id", id=gone.id)
    after = site.about("2")
    assert [(one.id, one.index) for one in after.bundle.missing] == [(gone.id, gone.logged.index)]
    assert verdict(site, after, "2").state is State.MISSING
    assert verdict(site, site.about("1")).state is State.VERIFIED
    assert site.about("1", member.id).bundle.missing == []
    with site.asking() as (verifier, connection):
        alone = verifier.record(connection, gone.id)
    assert alone.bundle.missing == after.bundle.missing


def test_a_deleted_product_is_named_on_the_page_of_each_piece(site):
    told(site)
    site.tamper("delete from ledger.record where kind = 2")
    answer = site.about()
    assert answer.product is None
    assert len(answer.bundle.missing) == 1
    assert verdict(site, answer).state is State.MISSING


def test_a_record_whose_submission_is_gone_is_missing(site):
    told(site)
    site.tamper("delete from ledger.submission where count = 2")
    assert verdict(site, site.about()).state is State.MISSING


def test_tiles_that_do_not_hold_together_prove_nothing(site):
    told(site)
    site.tamper("update ledger.tile set hashes = sha256('x') || substr(hashes, 33)")
    states = {record.state for record in verdict(site, site.about()).records}
    assert states == {State.ALTERED}
    site.tamper("delete from ledger.tile")
    assert {record.state for record in verdict(site, site.about()).records} == {State.ALTERED}


def test_the_makers_word_on_the_product_counts_and_no_later_strangers(site):
    maker, stranger = site.member(0), site.member(1, "广州岭顺供应链管理有限公司")
    site.send(maker, product(model="A"))
    site.send(maker, event("1", action="ADD"))
    site.send(stranger, product(model="B", servicePhone="400-666-0000"))
    site.send(maker, product(model="C"))
    site.send(stranger, product(model="D"))
    assert site.about().product["model"] == "C"
    with site.asking() as (verifier, connection):
        assert verifier.about(connection, code.parse(GTIN)).product["model"] == "C"


def test_whoever_gives_a_piece_its_code_speaks_for_its_product(site):
    early, maker = site.member(0), site.member(1, "广州岭顺供应链管理有限公司")
    site.send(early, product(model="A"))
    site.send(maker, product(model="B"))
    site.send(maker, event("1", action="ADD"))
    assert site.about().product["model"] == "B"


def test_an_unknown_record_is_no_answer(site):
    with site.asking() as (verifier, connection), pytest.raises(NoRecordError):
        verifier.record(connection, site.member().id)
