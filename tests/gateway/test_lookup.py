"""Records are found by what they name, newest first, and come with what amends them."""

from uuid import UUID

import pytest

from gateway import lookup
from gateway.vault import Vault
from indexer.core.bundle import Missing
from indexer.store import ledger
from tests.gateway.making import event
from tests.gateway.web.serving import Site, epc


@pytest.fixture
def site(database, tmp_path):
    with Site(database, tmp_path) as served:
        yield served


def test_the_newest_that_name_one_of_several_come_with_what_named_them(site):
    member = site.member()
    first, second, both = (
        site.send(member, event(*serials[:1], epcList=[epc(one) for one in serials]))["records"][0][
            "id"
        ]
        for serials in (["1"], ["2"], ["1", "2"])
    )
    names = {serial: ledger.name(epc(serial)) for serial in "12"}
    with site.asking() as (_, connection):
        found = lookup.named(connection, list(names.values()), 2)
        every = lookup.named(connection, [names["1"]], 10)
    assert [str(one) for one in found] == [both, second]
    assert [set(hits) for hits in found.values()] == [set(names.values()), {names["2"]}]
    assert [str(one) for one in every] == [both, first]


def test_light_and_whole_tell_the_same_and_leave_out_what_has_no_submission(site):
    member = site.member()
    kept, lost = (UUID(site.send(member, event(serial))["records"][0]["id"]) for serial in "12")
    site.tamper(
        "delete from ledger.submission where id = (select submission from ledger.record where id = :id)",
        id=lost,
    )
    with site.asking() as (_, connection):
        light, whole = (read(connection, [kept, lost]) for read in (lookup.light, lookup.whole))
        gone = lookup.gone(connection, [kept, lost])
    assert list(light) == list(whole) == [kept]
    (one,), (other,) = light.values(), whole.values()
    assert (one.digest, one.content, one.participant) == (
        other.digest,
        other.content,
        other.participant,
    )
    assert (other.first_index, other.total) == (None, 1)
    assert gone == []  # the record itself is there


def test_what_is_gone_is_named_with_its_place(site):
    member = site.member()
    record = UUID(site.send(member, event("1"))["records"][0]["id"])
    with site.asking() as (_, connection):
        assert lookup.missing(connection, [record]) == [Missing(record, None)]
    site.place()
    site.tamper("delete from ledger.record where id = :id", id=record)
    with site.asking() as (_, connection):
        assert lookup.gone(connection, [record]) == [record]
        (gap,) = lookup.missing(connection, [record])
        assert lookup.indexed(connection, gap.id)
    assert (gap.id, gap.index) == (record, 1)


def test_a_code_has_a_name_where_it_is_open_and_one_where_it_is_concealed():
    vault = Vault(bytes(32))
    assert lookup.names(vault, "urn:x:1") == (
        ledger.name("urn:x:1"),
        vault.concealed_name("urn:x:1"),
    )
    assert lookup.names(vault, "urn:x:1")[1] != lookup.names(Vault(b"1" * 32), "urn:x:1")[1]
