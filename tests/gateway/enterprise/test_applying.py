"""Applications that the register on chain takes as they are."""

from typing import Any
from uuid import uuid4

import pytest

from gateway import demo
from gateway.enterprise import applying
from indexer.core import canonical, creditcode
from indexer.core.submission import address
from indexer.core.trust import Trust
from tests.contracts.world import World

FIRST, SECOND = b"\5" * 32, b"\6" * 32


@pytest.fixture(scope="module")
def chain(devnet):
    return World.on(devnet)


def registered(chain):
    trust = Trust(
        chain_id=chain.deployment.chain_id,
        genesis=chain.deployment.genesis,
        trace_log=chain.deployment.trace_log,
        participants=chain.deployment.participants,
        logs=[],
        finality="immediate",
        witnesses=[],
        rpc=[],
    )
    return applying.register(trust)


def test_the_register_takes_an_application_and_then_a_second_key(chain):
    where, who, one = registered(chain), uuid4(), demo.MAKER
    made: Any = canonical.decode(applying.admission(where, who, one.name, one.credit_code, FIRST))
    assert (made["participant"], made["creditCode"]) == (str(who), one.credit_code)
    hand = chain.hands["registrar"]
    hand.admit(
        who,
        made["name"],
        made["creditCode"],
        bytes.fromhex(made["key"]),
        custodial=False,
        possession=bytes.fromhex(made["possession"]),
    )
    more: Any = canonical.decode(applying.addition(where, who, SECOND, FIRST))
    hand.add_key(
        who,
        bytes.fromhex(more["key"]),
        custodial=more["custodial"],
        possession=bytes.fromhex(more["possession"]),
        consent=bytes.fromhex(more["consent"]),
    )
    for secret in (FIRST, SECOND):
        owner, custodial, *_ = chain.participants.functions.keyOf(address(secret)).call()
        assert (owner, custodial) == (who.bytes, False)
        assert secret.hex() not in str(made) + str(more)


def test_a_wrong_credit_code_is_refused_before_anything_is_signed(chain):
    with pytest.raises(creditcode.CreditCodeError):
        applying.admission(registered(chain), uuid4(), "名", "91440605MACX7R1K0Z", FIRST)
