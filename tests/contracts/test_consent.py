"""What keys sign to enter the register can be read and checked elsewhere, and fits one register only."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from coincurve import PrivateKey
from eth_account import Account
from eth_account.messages import encode_typed_data

from contracts import consent
from indexer.chain.deployment import Deployment
from indexer.core.submission import address

KEY = PrivateKey(b"\1" * 32).secret
HERE = Deployment(31337, bytes(32), b"\2" * 20, b"\3" * 20, 1)
PARTICIPANT = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


@pytest.mark.parametrize(
    "said",
    [
        consent.Possession(PARTICIPANT, address(KEY)),
        consent.Addition(PARTICIPANT, address(KEY), custodial=False),
        consent.Addition(PARTICIPANT, address(KEY), custodial=True),
    ],
)
def test_the_typed_data_is_what_is_signed(said):
    signature = consent.sign(said, HERE, KEY)
    message = encode_typed_data(full_message=said.typed_data(HERE))
    assert len(signature) == 65
    assert Account.recover_message(message, signature=signature).lower()[2:] == address(KEY).hex()


def test_the_signer_is_told_and_what_is_no_signature_is_nobodys():
    said = consent.Addition(PARTICIPANT, address(KEY), custodial=False)
    signature = consent.sign(said, HERE, KEY)
    assert consent.signer(said, HERE, signature) == address(KEY)
    assert consent.signer(replace(said, custodial=True), HERE, signature) != address(KEY)
    for nothing in (b"", bytes(65), signature[:64], signature + b"\0"):
        assert consent.signer(said, HERE, nothing) is None


def test_every_fact_changes_the_signature():
    said = consent.Addition(PARTICIPANT, address(KEY), custodial=False)
    signatures = {
        consent.sign(said, HERE, KEY),
        consent.sign(replace(said, participant=uuid4()), HERE, KEY),
        consent.sign(replace(said, key=b"\4" * 20), HERE, KEY),
        consent.sign(replace(said, custodial=True), HERE, KEY),
        consent.sign(said, replace(HERE, chain_id=1), KEY),
        consent.sign(said, replace(HERE, participants=b"\4" * 20), KEY),
        consent.sign(consent.Possession(PARTICIPANT, address(KEY)), HERE, KEY),
    }
    assert len(signatures) == 7
