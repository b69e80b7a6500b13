"""Findings are kept, met again, cleared by the look that no longer finds them, and reopened."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.exc import ProgrammingError

from indexer.store import findings
from indexer.store.engine import engine
from indexer.store.findings import Finding, Scope

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ONE = Finding("BODY_ALTERED", "record 1", 4, 4, UUID(int=1), {"why": "一"})
TWO = Finding("ANCHOR_LATE", "anchor 2", 10, 12)


@pytest.fixture
def write(database):
    made = engine(database.url("node"))

    def act(found, scopes=(), now=NOW):
        with made.begin() as connection:
            findings.write(connection, found, scopes, now)
            return findings.read(connection)

    yield act
    made.dispose()


@pytest.fixture
def node(database):
    made = engine(database.url("node"))
    yield made
    made.dispose()


def names(seen):
    return {one.finding.name for one in seen}


def test_what_was_found_is_kept_whole(write):
    (seen,) = write([ONE])
    assert (seen.finding, seen.first_seen, seen.last_seen, seen.cleared) == (ONE, NOW, NOW, None)


def test_met_again_it_keeps_its_first_day(write):
    write([ONE])
    (seen,) = write([ONE], now=NOW + DAY)
    assert (seen.first_seen, seen.last_seen) == (NOW, NOW + DAY)


def test_the_same_thing_found_twice_in_one_look_is_one_finding(write):
    assert len(write([ONE, ONE])) == 1


def test_only_what_was_looked_at_is_cleared(write):
    write([ONE, TWO])
    assert names(write([], [Scope({"BODY_ALTERED"}, first=5, last=9)])) == {ONE.name, TWO.name}
    assert names(write([], [Scope({"BODY_ALTERED"}, first=0, last=4)])) == {ONE.name, TWO.name}
    assert names(write([], [Scope({"ANCHOR_LATE"}, "leaf ")])) == {ONE.name, TWO.name}
    assert names(write([ONE], [Scope({"BODY_ALTERED"}, first=4, last=5)])) == {ONE.name, TWO.name}
    assert names(write([], [Scope({"BODY_ALTERED"}, first=4, last=5)])) == {TWO.name}
    assert names(write([], [Scope({"ANCHOR_LATE"}, "anchor ")])) == set()


def test_what_comes_back_is_the_same_finding_again(write):
    write([ONE])
    write([], [Scope({"BODY_ALTERED"})], NOW + DAY)
    (seen,) = write([ONE], now=NOW + 2 * DAY)
    assert (seen.first_seen, seen.last_seen, seen.cleared) == (NOW, NOW + 2 * DAY, None)


def test_many_findings_are_written_and_cleared(write):
    many = [Finding("RECORD_MISSING", f"leaf {n}", n, n) for n in range(1200)]
    assert len(write(many)) == 1000  # as many as one reads
    assert write([], [Scope({"RECORD_MISSING"})]) == []


def test_a_change_of_roles_counts_until_somebody_has_looked(write, node):
    act = Finding("ROLE_CHANGED", "RoleGranted 7/0", facts={"account": "01"})
    write([act, ONE])
    with node.begin() as connection:
        assert findings.acknowledge(connection, act.subject, NOW + DAY) == [act]
        assert findings.acknowledge(connection, act.subject, NOW + 2 * DAY) == [act]
        assert findings.acknowledged(connection) == {act.name}
    known = {one.finding.name: one.acknowledged for one in write([act, ONE], now=NOW + 3 * DAY)}
    assert known == {act.name: NOW + DAY, ONE.name: None}


def test_who_acknowledged_something_has_not_seen_what_it_became(write, node):
    write([Finding("ROLE_CHANGED", "RoleGranted 7/0", facts={"account": "01"})])
    with node.begin() as connection:
        findings.acknowledge(connection, "RoleGranted 7/0", NOW)
    (seen,) = write([Finding("ROLE_CHANGED", "RoleGranted 7/0", facts={"account": "02"})])
    assert seen.acknowledged is None


def test_what_does_not_fit_cannot_be_acknowledged_away(write, node):
    write([ONE])
    with pytest.raises(findings.FindingStandsError, match="mended"), node.begin() as connection:
        findings.acknowledge(connection, ONE.subject, NOW)
    with pytest.raises(findings.FindingMissingError), node.begin() as connection:
        findings.acknowledge(connection, "RoleGranted 7/0", NOW)


def test_nobody_but_the_reconciler_writes_findings(database):
    web = engine(database.url("web"))
    with pytest.raises(ProgrammingError, match="permission denied"), web.begin() as connection:
        findings.write(connection, [ONE], [], NOW)
    web.dispose()
