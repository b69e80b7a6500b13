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
