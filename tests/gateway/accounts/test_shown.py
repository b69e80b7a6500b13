from uuid import uuid4

import pytest

from gateway.accounts import acts, desk, shown
from tests.gateway.making import CODES, NOW
from tests.gateway.office import key


def told(office, who):
    with office.admin.connect() as connection:
        return shown.participant(connection, office.deployment, who)


def test_participants_are_listed_with_their_standing_and_whose_key_they_have(office):
    first, second = office.admit(0), office.admit(1)
    with office.admin.begin() as connection:
        acts.add_key(
            connection, office.vault, office.deployment, office.claim(second.id, key()), NOW
        )
    office.do(acts.suspend, first.id)
    office.settle()
    third = office.enter(2)
    with office.admin.connect() as connection:
        rows = {row["participant"]: row for row in shown.participants(connection)}
    stands = {who: (row["status"], row["key"]) for who, row in rows.items()}
    assert stands == {
        str(first.id): ("suspended", "custodial"),
        str(second.id): ("admitted", "own"),
        str(third.id): ("unregistered", "custodial"),
    }
    assert rows[str(first.id)]["creditCode"] == CODES[0]


def test_one_participant_is_told_whole(office):
    who = office.admit().id
    office.do(acts.recover, office.claim(who, key()))
    office.settle()
    office.do(acts.suspend, who)
    facts = told(office, who)
    assert [one["act"] for one in facts["decisions"]] == ["admit", "request_recovery", "suspend"]
    assert [one["state"] for one in facts["decisions"]] == ["done", "done", "waiting"]
    assert facts["keys"][0]["custodial"] is True
    assert facts["recovery"]["readyAt"] is None
    lines = list(shown.lines(facts))
    assert lines[0].endswith(str(who))
    assert any("custodial, since block" in line for line in lines)
    assert any(line.endswith("ready at no time yet") for line in lines)
    assert any("suspend waiting" in line for line in lines)
    with pytest.raises(desk.ParticipantUnknownError):
        told(office, uuid4())
