import pytest
from sqlalchemy import text

from gateway.oversight import history
from gateway.oversight.history import Archive, codes
from indexer.core import event
from tests.gateway.making import product
from tests.gateway.oversight.things import PALLET, case, heater, made, packed, seen, state


@pytest.fixture
def archive(site):
    loop = site.desk.engine("loop")
    with loop.connect() as connection:
        yield Archive(connection, site.desk.vault)
    loop.dispose()


def ids(site):
    with site._as("web") as connection:
        return list(connection.scalars(text("select id from ledger.record order by id")))


def test_events_that_name_a_code_are_found_openly_and_concealed(site, examine, archive):
    member = site.member()
    state(
        site.desk, member.id, made(1, heater(1)), packed(2, case(1), heater(1)), seen(3, heater(2))
    )
    examine()
    first, second, third = ids(site)
    found = archive.past([heater(1)], third)[heater(1)]
    assert [known.record for known in found.events] == [first, second]
    assert found.whole
    assert found.events[1].event["childEPCs"] == [heater(1)]
    assert [known.index for known in found.events] == [1, 2]
    assert archive.past([heater(1)], first)[heater(1)].events == [found.events[1]]


def test_what_nobody_recorded_has_an_empty_history(archive, site):
    assert archive.past([heater(7)], site.member().id)[heater(7)].events == []


def test_a_crowd_is_not_read(site, examine, archive, monkeypatch):
    member = site.member()
    state(site.desk, member.id, *(seen(hour, heater(1)) for hour in range(history._LEAST + 2)))
    examine()
    last = ids(site)[-1]
    assert archive.past([heater(1)], last)[heater(1)].whole
    many = [heater(number) for number in range(1, history.MOST_TOGETHER)]
    assert not archive.past(many, last)[heater(1)].whole
    assert archive.past(many, last)[heater(2)].whole


def test_master_data_and_what_has_no_place_is_no_event(site, examine, archive):
    member = site.member()
    site.send(member, product())
    examine()
    state(site.desk, member.id, seen(1, heater(1)))
    assert archive.records(ids(site)) == []


def test_events_of_one_id_are_found(site, examine, archive):
    member, other = site.member(), site.member(1, "广州岭顺供应链管理有限公司")
    state(site.desk, member.id, seen(1, heater(1), eventID="urn:x:1"))
    state(site.desk, member.id, seen(2, heater(2), eventID="urn:x:1"), seen(3, heater(2)))
    state(site.desk, other.id, seen(1, heater(1), eventID="urn:x:1"))
    examine()
    known = {one.record: one for one in archive.records(ids(site))}
    first, second, nameless, foreign = (known[one] for one in ids(site))
    assert archive.same_id(second) == [first]
    assert archive.same_id(nameless) == archive.same_id(foreign) == []


def test_codes_are_spelt_once():
    stated = packed(1, PALLET, heater(1), "urn:epc:id:sgtin:6945000.000001.1")
    assert codes(event.names(stated)) == [PALLET, heater(1)]
