"""Erasure upon an anchored notice: what was concealed is gone from every table, and everything still proves."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from gateway.eraser import Eraser
from gateway.leader import LeadershipLostError, Term
from indexer.core import canonical
from indexer.core.verdict import State
from tests.gateway.making import ORIGIN, event
from tests.gateway.web.serving import Site, epc

NOTICE = {"scope": "concealed", "basis": "consent_withdrawn"}
HELD = (
    "select (select count(*) from ledger.record_key) + (select count(*) from ledger.sealed)"
    " + (select count(*) from ledger.naming where concealed)"
)


@pytest.fixture
def site(database, tmp_path):
    with Site(database, tmp_path) as served:
        served.open_log()
        yield served


@pytest.fixture
def eraser(site):
    loop = site.desk.engine("loop")
    term = Term.begin(loop, ORIGIN, datetime.now(UTC))
    assert term is not None
    yield Eraser(loop, term)
    term.end()
    loop.dispose()


def place(site, eraser):
    """Sequence and anchor as the leader that the eraser works for."""
    from gateway.sequencer import Sequencer

    while Sequencer(eraser.engine, eraser.term).step():
        pass
    site.anchor()


def send(site, member, *items):
    return site.post(member, canonical.encode({"items": list(items)}))


def told(site, member):
    said = send(
        site,
        member,
        {"event": event("1", **{"suyuan:customerName": "张三", "suyuan:price": 3299})},
        {"event": event("2", **{"suyuan:customerName": "李四"})},
    )
    return said.json()["records"]


def erase(site, member, record):
    return send(site, member, {"event": NOTICE, "kind": 5, "amends": record["digest"]})


def test_what_was_concealed_is_gone_once_the_notice_is_anchored(site, eraser):
    member = site.member()
    mine, other = told(site, member)
    place(site, eraser)
    before = site.count(HELD)
    assert erase(site, member, mine).status_code == 201
    assert eraser.step() == 0
    assert site.count(HELD) == before + 1  # the notice has a record key of its own
    place(site, eraser)
    assert eraser.step() == 1
    assert eraser.step() == 0
    left = site.count(f"select count(*) from ledger.record_key where record = '{mine['id']}'")
    assert left == 0
    seen = site.http.get(f"/api/v1/records/{mine['id']}", headers=member.headers).json()
    assert "张三" not in str(seen)
    untouched = site.http.get(f"/api/v1/records/{other['id']}", headers=member.headers).json()
    assert untouched["event"]["suyuan:customerName"] == "李四"
    verdict = site.check(site.about().bundle.to_json(), epc("1"))
    assert verdict.state is State.VERIFIED
    (notice,) = verdict.notices
    assert (notice.name, notice.reason) == ("ERASED", "consent_withdrawn")


def test_a_new_process_goes_over_all_notices_again_and_harms_nothing(site, eraser):
    member = site.member()
    mine, _ = told(site, member)
    erase(site, member, mine)
    place(site, eraser)
    assert eraser.step() == 1
    assert Eraser(eraser.engine, eraser.term).step() == 0


def test_another_leader_erases_nothing(site, eraser):
    member = site.member()
    mine, _ = told(site, member)
    erase(site, member, mine)
    place(site, eraser)
    with site._as("superuser") as connection:
        connection.execute(text("update ledger.leader set epoch = epoch + 1"))
    with pytest.raises(LeadershipLostError):
        eraser.step()


def test_the_operator_erases_for_others_with_its_accounts_word(site, eraser):
    member = site.member()
    mine, _ = told(site, member)
    operator = site.reviewer()
    held = erase(site, operator, mine)
    assert held.status_code == 202, held.text
    (application,) = held.json()["applications"]
    path = f"/api/v1/applications/{application['id']}/review"
    given = site.approval(application)
    answer = site.http.post(path, json=given, headers=operator.headers)
    assert answer.json()["state"] == "recorded", answer.text
    place(site, eraser)
    assert eraser.step() == 1
    verdict = site.check(site.about().bundle.to_json(), epc("1"))
    assert verdict.state is State.VERIFIED
    assert [(one.name, one.participant) for one in verdict.notices] == [("ERASED", operator.id)]


def test_strangers_erase_nothing(site):
    member = site.member()
    mine, _ = told(site, member)
    stranger = site.member(1, "广州岭顺供应链管理有限公司")
    assert erase(site, stranger, mine).json()["code"] == "AMEND_FOREIGN"
