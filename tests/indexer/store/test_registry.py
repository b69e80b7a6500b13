"""How a key stands, from the events of the register in their order."""

from itertools import count
from uuid import UUID

import pytest
from sqlalchemy import text

from indexer.store.engine import engine
from indexer.store.registry import KeyStanding, standing

WHO, OTHER = UUID(int=7), UUID(int=8)
KEY, SECOND = b"\5" * 20, b"\6" * 20


class Register:
    def __init__(self, connection):
        self.connection = connection
        self._blocks = count(1)

    def say(self, event, participant=WHO, **more):
        number = next(self._blocks)
        block = {"number": number, "hash": number.to_bytes(32, "big")}
        self.connection.execute(
            text("insert into ledger.block values (:number, :hash, :hash, 0)"), block
        )
        row = {"key": None, "name": None, "custodial": None, "next_sequence": None, **more}
        self.connection.execute(
            text(
                "insert into ledger.registration"
                " (block_number, log_index, event, participant, key, name, custodial, next_sequence)"
                " values (:number, 0, :event, :participant, :key, :name, :custodial, :next_sequence)"
            ),
            {**row, "number": number, "event": event, "participant": participant},
        )
        return number

    def standing(self, key=KEY):
        return standing(self.connection, key)


@pytest.fixture
def register(database):
    made = engine(database.url("node"))
    with made.begin() as connection:
        yield Register(connection)
        connection.rollback()
    made.dispose()


def test_a_key_nobody_entered_has_no_standing(register):
    register.say("Admitted", name="禅溪")
    assert register.standing() is None


@pytest.mark.parametrize("event", ["KeyAdded", "KeyRecovered"])
def test_a_key_stands_as_it_was_entered(register, event):
    register.say("Admitted", name="禅溪")
    block = register.say(event, key=KEY, custodial=True)
    register.say("Admitted", OTHER, name="岭顺")
    register.say("KeyAdded", OTHER, key=SECOND, custodial=False)
    assert register.standing() == KeyStanding(WHO, True, block, None, False, "禅溪")
    second = register.standing(SECOND)
    assert second is not None
    assert (second.participant, second.custodial, second.name) == (OTHER, False, "岭顺")


def test_a_revoked_key_says_from_which_sequence(register):
    register.say("KeyAdded", key=KEY, custodial=False)
    register.say("KeyAdded", key=SECOND, custodial=False)
    register.say("KeyRevoked", key=KEY, next_sequence=0)
    assert register.standing().revoked == 0
    assert register.standing(SECOND).revoked is None


def test_a_suspension_holds_for_all_keys_until_it_ends(register):
    register.say("KeyAdded", key=KEY, custodial=False)
    register.say("KeyAdded", OTHER, key=SECOND, custodial=False)
    register.say("Suspended")
    assert register.standing().suspended
    assert not register.standing(SECOND).suspended
    register.say("Reinstated")
    assert not register.standing().suspended
    register.say("Suspended")
    assert register.standing().suspended
