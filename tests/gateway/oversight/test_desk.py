from datetime import timedelta
from uuid import uuid4

import pytest

from gateway.oversight import desk
from gateway.oversight.desk import Asked
from indexer.core.errors import MissingError
from tests.gateway.making import NOW
from tests.gateway.oversight.things import ended, heater, made, seen, state


@pytest.fixture
def web(site):
    engine = site.desk.engine("web")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_a_submissions_quality_is_told_with_whether_it_was_examined(site, examine, web):
    member = site.member()
    said = site.send(member, made(1, heater(1)), ended(2, heater(1)), seen(3, heater(1)))
    one = said["submission"]
    assert (desk.done(web, one), desk.counts(web, Asked(member.id, one))) == (False, {})
    web.rollback()
    examine()
    asked = Asked(member.id, one)
    assert (desk.done(web, one), desk.counts(web, asked)) == (True, {"AFTER_END": 1})
    assert desk.counts(web, Asked(uuid4(), one)) == {}
    assert desk.reached(web) == 4


def test_counts_are_narrowed_by_time(site, examine, web):
    member = site.member()
    state(site.desk, member.id, seen(100_000, heater(1)), seen(100_001, heater(1)))
    examine()
    [newest, oldest] = desk.listed(web, Asked(member.id), None, 10)
    assert newest.id > oldest.id
    assert desk.counts(web, Asked(member.id, since=newest.at)) == {"TIME_AHEAD": 2}
    assert desk.counts(web, Asked(member.id, until=newest.at)) == {}
    assert desk.counts(web, Asked(member.id, since=newest.at + timedelta(seconds=1))) == {}
    assert desk.listed(web, Asked(member.id), newest.id, 10) == [oldest]


def test_a_capture_of_nobody_is_unknown(web, site):
    with pytest.raises(MissingError):
        desk.captured(web, site.member().id, uuid4())


def test_nothing_examined_is_nothing_reached(web):
    assert desk.reached(web) == 0
    assert not desk.done(web, uuid4())
    assert NOW.tzinfo is not None
