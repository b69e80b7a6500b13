"""Readers see of what is concealed no more than they know already, and owners see their own."""

import pytest

from gateway import opener
from gateway.vault import Vault
from gateway.verifier import Verifier
from indexer.core import canonical, code
from indexer.core.verdict import State
from tests.gateway.making import event
from tests.gateway.web.serving import ORIGIN, Site, epc


@pytest.fixture
def site(database, tmp_path):
    with Site(database, tmp_path) as served:
        yield served


def test_what_was_concealed_is_opened_and_what_was_altered_is_not():
    assert opener.revealed({"a": 1, "_sd": ["x"]}, []) == {"a": 1}
    assert opener.revealed({"a": 1, "_sd": "odd"}, []) == {"a": 1, "_sd": "odd"}
    assert opener.revealed(["x"], []) == {}


def test_only_what_names_the_asked_code_is_opened_for_strangers(site):
    member, other = site.member(0), site.member(1, "广州岭顺供应链管理有限公司")
    secret = event("9", **{"suyuan:customerName": "顾客甲", "suyuan:price": 3299})
    secret["epcList"] = [epc(serial) for serial in ("9", "10", "11")]
    pointers = ["/epcList/0", "/epcList/1", "/epcList/2"]
    sent = canonical.encode({"items": [{"event": secret, "conceal": pointers}]})
    assert site.post(member, sent).status_code == 201
    site.place()
    site.anchor()
    for reader in (None, other.id):
        bundle = site.about("10", reader).bundle
        (record,) = bundle.records
        assert len(record.disclosures) == 1
        data = bundle.to_json()
        assert site.check(data, epc("10")).state is State.VERIFIED
    (own,) = site.about("10", member.id).bundle.records
    assert len(own.disclosures) == 5
    with site.asking() as (verifier, connection):
        (alone,) = verifier.record(connection, own.id).bundle.records
        (mine,) = verifier.record(connection, own.id, member.id).bundle.records
    assert alone.disclosures == []
    assert len(mine.disclosures) == 5


def test_a_broken_seal_hides_and_breaks_nothing(site):
    member = site.member()
    site.send(member, event("1", **{"suyuan:price": 1}))
    site.place()
    site.anchor()
    site.tamper("update ledger.sealed set disclosures = sha256(disclosures)")
    answer = site.about("1", member.id)
    assert answer.bundle.records[0].disclosures == []
    assert site.check(answer.bundle.to_json(), epc("1")).state is State.VERIFIED


def test_a_gateway_with_another_vault_opens_nothing_and_still_answers(site):
    member = site.member()
    site.send(member, event("1", **{"suyuan:price": 1}))
    web = site.desk.engine("web")
    with web.connect() as connection:
        stranger = Verifier(ORIGIN, Vault(b"\1" * 32))
        (record,) = stranger.about(connection, code.parse(epc("1")), member.id).bundle.records
    web.dispose()
    assert record.disclosures == []


def test_a_disclosure_in_another_spelling_of_the_code_is_found(site):
    member = site.member()
    sent = event("1")
    sent["epcList"] = ["urn:epc:id:sgtin:6945000.000001.77"]
    body = canonical.encode({"items": [{"event": sent, "conceal": ["/epcList/0"]}]})
    assert site.post(member, body).status_code == 201
    assert len(site.about("77").bundle.records[0].disclosures) == 1
