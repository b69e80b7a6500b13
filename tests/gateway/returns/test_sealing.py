import secrets
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from gateway.draft import Draft
from gateway.returns import sealing
from gateway.returns.applications import Held
from gateway.vault import SealBrokenError, Vault

VAULT = Vault(secrets.token_bytes(32))
DRAFT = Draft(
    3,
    b"{}",
    b"\2" * 32,
    b"\3" * 32,
    ["WzFd", "WzJd"],
    frozenset({(b"\4" * 16, True), (b"\5" * 16, False)}),
    b"\6" * 32,
)


def held(one, sealed):
    when = datetime(2026, 11, 21, tzinfo=UTC)
    return Held(
        one,
        uuid4(),
        3,
        b"\6" * 32,
        uuid4(),
        DRAFT.digest,
        b"{}",
        sealed,
        when,
        None,
        None,
        None,
        None,
    )


def test_a_draft_comes_out_as_it_went_in():
    one = uuid4()
    sealed = sealing.seal(VAULT, one, DRAFT)
    assert DRAFT.key.hex().encode() not in sealed
    assert sealing.unseal(VAULT, held(one, sealed)) == DRAFT


def test_a_seal_opens_for_no_other_application_and_no_other_vault():
    one = uuid4()
    sealed = sealing.seal(VAULT, one, DRAFT)
    for vault, other in ((VAULT, uuid4()), (Vault(secrets.token_bytes(32)), one)):
        with pytest.raises(SealBrokenError):
            sealing.unseal(vault, held(other, sealed))
