"""Who may sign, refusal by refusal; what they come to over a database is test_intake.py's."""

from dataclasses import replace
from uuid import UUID

import pytest

from gateway import signed
from gateway.draft import Draft, Sent, Signed
from indexer.core import submission
from indexer.core.submission import MisshapenSignatureError, Submission
from indexer.store.registry import ADMITTED, SUSPENDED, KeyStanding

LOG, WHO, OTHER = b"\7" * 32, UUID(int=7), UUID(int=8)
SECRET = b"\5" * 32
KEY = submission.address(SECRET)
DRAFTS = [Draft(1, b"", bytes([at]) * 32, b"", [], frozenset()) for at in range(3)]
STANDING = KeyStanding(KEY, WHO, False, 10, None, ADMITTED, "禅溪")


def sent(**changes):
    """What was sent, and the signature over it, or over what a change makes of it."""
    said = Submission(LOG, WHO, 4, 3, submission.root([one.digest for one in DRAFTS]))
    said = replace(said, **changes)
    by = Signed(4, KEY, submission.sign(said.signing_hash(), SECRET))
    return Sent(DRAFTS, by), by


def test_the_named_key_signed_exactly_this():
    said = signed.check_signature(LOG, WHO, *sent())
    assert (said.sequence, said.count) == (4, 3)


@pytest.mark.parametrize(
    "changes",
    [
        {"log": b"\x08" * 32},
        {"participant": OTHER},
        {"sequence": 5},
        {"count": 2},
        {"root": bytes(32)},
    ],
    ids=lambda one: next(iter(one)),
)
def test_a_signature_over_anything_else_is_refused(changes):
    with pytest.raises(signed.SignerDiffersError, match="another log or other content") as error:
        signed.check_signature(LOG, WHO, *sent(**changes))
    assert error.value.place == "/signature"
    assert error.value.facts["key"] == KEY.hex()
    assert error.value.facts["signer"] != KEY.hex()


def test_a_signature_by_another_key_is_refused_and_says_by_whom():
    made, by = sent()
    with pytest.raises(signed.SignerDiffersError, match=KEY.hex()):
        signed.check_signature(LOG, WHO, made, replace(by, key=bytes(20)))


def test_a_signature_in_another_form_is_refused():
    made, by = sent()
    with pytest.raises(MisshapenSignatureError):
        signed.check_signature(LOG, WHO, made, replace(by, signature=by.signature[:64] + b"\0"))


@pytest.mark.parametrize(
    ("standing", "kind"),
    [
        (None, signed.KeyUnknownError),
        (replace(STANDING, participant=OTHER), signed.KeyForeignError),
        (replace(STANDING, custodial=True), signed.KeyCustodialError),
        (replace(STANDING, revoked=9), signed.KeyRevokedError),
        (replace(STANDING, status=SUSPENDED), signed.ParticipantSuspendedError),
    ],
)
def test_a_key_that_may_not_sign_is_refused_with_its_reason(standing, kind):
    with pytest.raises(kind, match=f"{KEY.hex()}|{WHO}"):
        signed.check_own(standing, WHO, KEY)
    signed.check_own(STANDING, WHO, KEY)


def test_the_platform_signs_with_a_key_the_register_is_yet_to_show():
    signed.check_custodial(None, WHO, KEY)
    signed.check_custodial(replace(STANDING, custodial=True), WHO, KEY)
    with pytest.raises(signed.KeyRevokedError):
        signed.check_custodial(replace(STANDING, revoked=0), WHO, KEY)
    with pytest.raises(signed.ParticipantSuspendedError):
        signed.check_custodial(replace(STANDING, status=SUSPENDED), WHO, KEY)


def test_sequences_are_the_next_and_no_other():
    signed.check_sequence(KEY, 4, 4)
    with pytest.raises(signed.SequenceSkippedError, match="sequence 4 and not 5") as skipped:
        signed.check_sequence(KEY, 5, 4)
    with pytest.raises(signed.SequenceRepeatedError, match="the next is 4") as repeated:
        signed.check_sequence(KEY, 3, 4)
    assert skipped.value.place == repeated.value.place == "/sequence"
