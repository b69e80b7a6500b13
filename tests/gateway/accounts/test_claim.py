from dataclasses import replace
from uuid import uuid4

import pytest

from gateway.accounts.claim import Claim, ClaimMisshapenError, NoPossessionError
from indexer.chain.deployment import Deployment
from indexer.core.submission import address
from tests.gateway.office import key, written

HERE = Deployment(31337, bytes(32), b"\2" * 20, b"\3" * 20, 1)


def test_what_an_enterprise_wrote_is_read(tmp_path, office):
    own, voucher, who = key(), key(), uuid4()
    agreed = office.world.consent(who, own, False, voucher)
    claim = office.claim(who, own, name="自钥企业", credit_code="9144", consent=agreed)
    file = written(tmp_path / "claim.json", claim)
    assert Claim.load(file) == claim
    claim.check(office.deployment)
    assert claim.voucher(office.deployment) == address(voucher)
    prefixed = written(file, claim, key="0x" + claim.key.hex(), more="ignored")
    assert Claim.load(prefixed) == claim


def test_a_signature_for_another_participant_key_or_register_is_none(office):
    claim = office.claim(uuid4(), key())
    claim.check(office.deployment)
    for changed in (
        replace(claim, participant=uuid4()),
        replace(claim, key=address(key())),
        replace(claim, possession=bytes(65)),
    ):
        with pytest.raises(NoPossessionError):
            changed.check(office.deployment)
    with pytest.raises(NoPossessionError):
        claim.check(HERE)
    assert claim.voucher(office.deployment) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "zz"},
        {"key": "11" * 19},
        {"possession": "11" * 64},
        {"participant": "me"},
        {"consent": 7},
    ],
)
def test_what_is_no_claim_is_refused_with_the_files_name(tmp_path, office, changes):
    file = written(tmp_path / "claim.json", office.claim(uuid4(), key()), **changes)
    with pytest.raises(ClaimMisshapenError, match=r"claim\.json"):
        Claim.load(file)


def test_a_file_that_is_missing_or_no_json_is_refused(tmp_path):
    with pytest.raises(ClaimMisshapenError):
        Claim.load(tmp_path / "none.json")
    (tmp_path / "text.json").write_text("hello")
    with pytest.raises(ClaimMisshapenError):
        Claim.load(tmp_path / "text.json")
