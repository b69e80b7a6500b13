"""Who may sign what arrives here: a submission's own signature, the register's word on its key, the key's count.

Nothing here signs. Each refusal says what was expected, because the sender's own program has to put it right, and none
uses a sequence.
"""

from uuid import UUID

from gateway.draft import Sent, Signed
from indexer.core import submission
from indexer.core.errors import AccessError, DuplicateError, InputError
from indexer.core.submission import Submission
from indexer.store.registry import KeyStanding


class SignerDiffersError(InputError):
    """A signature that is not the named key's over what was sent: for another log, other content, or by another key."""

    code = "SIGNER_DIFFERS"
    sentence = (
        "over log {log}, participant {participant}, sequence {sequence}, count {count} and root {root}, which is what "
        "was sent here, the signature is by {signer} and not by {key}: it was made for another log or other content, "
        "or by another key"
    )


class SequenceSkippedError(InputError):
    """A submission too early: those before it are not here."""

    code = "SEQUENCE_SKIPPED"
    sentence = "key {key} has {expected} submissions here, so its next has the sequence {expected} and not {sequence}"


class SequenceRepeatedError(DuplicateError):
    """A sequence at which another submission of the key stands."""

    code = "SEQUENCE_REPEATED"
    sentence = (
        "key {key} has another submission with the sequence {sequence} here; the next is {expected}"
    )


class KeyUnknownError(AccessError):
    """A key that the register does not show."""

    code = "KEY_UNKNOWN"
    sentence = (
        "the register does not show the key {key}: it was not admitted, or the indexer has not read the block of its "
        "admission yet"
    )


class KeyForeignError(AccessError):
    """A key that speaks for another participant than the one that calls."""

    code = "KEY_FOREIGN"
    sentence = "by the register the key {key} is not participant {participant}'s, who calls"


class KeyRevokedError(AccessError):
    """A key that ended."""

    code = "KEY_REVOKED"
    sentence = (
        "the key {key} was revoked, with {revoked} as the first sequence that does not count; nothing new is taken "
        "under it"
    )


class KeyCustodialError(AccessError):
    """A key that the platform holds, used from outside."""

    code = "KEY_CUSTODIAL"
    sentence = (
        "by the register the platform holds the key {key}, so nobody else may sign with it: send without sequence, "
        "key and signature"
    )


class ParticipantSuspendedError(AccessError):
    """A participant of whom nothing new is accepted."""

    code = "PARTICIPANT_SUSPENDED"
    sentence = "participant {participant} is suspended by the register: nothing new is taken until it is reinstated"


def check_signature(log: bytes, participant: UUID, sent: Sent, signed: Signed) -> Submission:
    """Compose what was sent as the submission it claims to be, and hold the signature to it."""
    said = Submission(
        log=log,
        participant=participant,
        sequence=signed.sequence,
        count=len(sent.drafts),
        root=submission.root([one.digest for one in sent.drafts]),
    )
    signer = submission.recover(said.signing_hash(), signed.signature)
    if signer != signed.key:
        raise SignerDiffersError(
            place="/signature",
            log=log.hex(),
            participant=participant,
            sequence=said.sequence,
            count=said.count,
            root=said.root.hex(),
            signer=signer.hex(),
            key=signed.key.hex(),
        )
    return said


def check_own(standing: KeyStanding | None, participant: UUID, key: bytes) -> None:
    """Refuse a key with which this participant may not sign for itself."""
    if standing is None:
        raise KeyUnknownError(key=key.hex())
    if standing.participant != participant:
        raise KeyForeignError(key=key.hex(), participant=participant)
    if standing.custodial:
        raise KeyCustodialError(key=key.hex())
    _check_active(standing, participant, key)


def check_custodial(standing: KeyStanding | None, participant: UUID, key: bytes) -> None:
    """Refuse to sign with a key that ended; one that the register does not show yet is about to be admitted."""
    if standing is not None:
        _check_active(standing, participant, key)


def check_sequence(key: bytes, sequence: int, expected: int) -> None:
    """Refuse a submission that is not its key's next."""
    if sequence > expected:
        raise SequenceSkippedError(
            place="/sequence", key=key.hex(), sequence=sequence, expected=expected
        )
    if sequence < expected:
        raise SequenceRepeatedError(
            place="/sequence", key=key.hex(), sequence=sequence, expected=expected
        )


def _check_active(standing: KeyStanding, participant: UUID, key: bytes) -> None:
    if standing.revoked is not None:
        raise KeyRevokedError(key=key.hex(), revoked=standing.revoked)
    if standing.suspended:
        raise ParticipantSuspendedError(participant=participant)
