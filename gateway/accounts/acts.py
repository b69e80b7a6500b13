"""The operator's acts on admitted participants: each is checked against the registry as followed, then decided.

Whoever has a key of its own has no custodial one: the transaction that decides on the first own key deletes the
custodial one and reads its next sequence while no submission can use it, so that nothing signed by it comes after the
sequence at which it ends.
"""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Connection, delete, func, select, text

from contracts import consent
from gateway.accounts import decisions, desk
from gateway.accounts.claim import Claim
from gateway.accounts.tables import custodial_key, participant, retired_key
from gateway.vault import Vault
from indexer.chain.deployment import Deployment
from indexer.core.canonical import Members
from indexer.core.errors import DuplicateError, InputError, MissingError
from indexer.store import registry
from indexer.store.registry import SUSPENDED, KeyStanding
from indexer.store.tables import submission


class NotRegisteredError(MissingError):
    """The registry does not know the participant, or not yet."""

    code = "PARTICIPANT_NOT_REGISTERED"
    sentence = "the registry does not know participant {participant} yet"


class StatusError(DuplicateError):
    """A participant already stands as somebody wants it to, or must not stand as it does."""

    code = "PARTICIPANT_STATUS"
    sentence = "participant {participant} is {status}"


class KeyUnregisteredError(MissingError):
    """The registry does not know the key, or it has ended."""

    code = "KEY_UNREGISTERED"
    sentence = "the registry knows no key {key} in use"


class KeyTakenError(DuplicateError):
    """The key is or was somebody's."""

    code = "KEY_TAKEN"
    sentence = "the key {key} is or was one of participant {participant}"


class NoConsentError(InputError):
    """No key in use of the participant vouches for the new one."""

    code = "KEY_WITHOUT_CONSENT"
    sentence = (
        "no key in use of participant {participant} signed for {key}: sign with one of its keys, or "
        "let it be recovered if all are lost"
    )


class RecoveryNotReadyError(InputError):
    """A recovery that cannot be completed yet."""

    code = "RECOVERY_NOT_READY"
    sentence = "the recovery of participant {participant} cannot be completed: {reason}"


def add_key(
    connection: Connection, vault: Vault, deployment: Deployment, claim: Claim, now: datetime
) -> list[UUID]:
    """Decide to add a key of a participant's own; its custodial key, if there is one, vouches for it and ends."""
    _check_claim(connection, deployment, claim)
    custodial = _custodial(connection, claim.participant)
    if custodial is None:
        agreed = claim.consent or b""
        voucher = claim.voucher(deployment)
    else:
        private = vault.open_custodial(claim.participant, custodial[1])
        said = consent.Addition(claim.participant, claim.key, custodial=False)
        agreed, voucher = consent.sign(said, deployment, private), custodial[0]
    known = registry.standing(connection, voucher) if voucher else None
    if known is None or known.participant != claim.participant or known.revoked is not None:
        raise NoConsentError(participant=claim.participant, key=claim.key.hex())
    facts: Members = {
        "custodial": False,
        "possession": claim.possession.hex(),
        "consent": agreed.hex(),
    }
    added = decisions.decide(
        connection, deployment, "add_key", claim.participant, now, key=claim.key, facts=facts
    )
    if custodial is None:
        return [added]
    return [added, _end(connection, deployment, known, now, upon=added)]


def revoke(
    connection: Connection,
    deployment: Deployment,
    key: bytes,
    now: datetime,
    next_sequence: int | None = None,
) -> UUID:
    """Decide to end a key for ever, by default behind all that it signed and we have."""
    known = registry.standing(connection, key)
    if known is None or known.revoked is not None:
        raise KeyUnregisteredError(key=key.hex())
    return _end(connection, deployment, known, now, next_sequence)


def suspend(connection: Connection, deployment: Deployment, who: UUID, now: datetime) -> UUID:
    """Decide to accept nothing new of a participant."""
    _check_status(connection, deployment, who, suspended=False)
    return decisions.decide(connection, deployment, "suspend", who, now)


def reinstate(connection: Connection, deployment: Deployment, who: UUID, now: datetime) -> UUID:
    """Decide to end a suspension."""
    _check_status(connection, deployment, who, suspended=True)
    return decisions.decide(connection, deployment, "reinstate", who, now)


def recover(connection: Connection, deployment: Deployment, claim: Claim, now: datetime) -> UUID:
    """Decide to ask for a key in place of those that are lost; the regulator must agree, and seven days pass."""
    _check_claim(connection, deployment, claim)
    facts: Members = {"custodial": False, "possession": claim.possession.hex()}
    return decisions.decide(
        connection,
        deployment,
        "request_recovery",
        claim.participant,
        now,
        key=claim.key,
        facts=facts,
    )


def cancel_recovery(
    connection: Connection, deployment: Deployment, who: UUID, now: datetime
) -> UUID:
    """Decide to end a recovery without effect."""
    if registry.recovery(connection, who) is None:
        raise RecoveryNotReadyError(participant=who, reason="none is under way")
    return decisions.decide(connection, deployment, "cancel_recovery", who, now)


def complete_recovery(
    connection: Connection, deployment: Deployment, who: UUID, now: datetime
) -> UUID:
    """Decide to add the recovered key, once the regulator agreed and the seven days are over."""
    under_way = registry.recovery(connection, who)
    if under_way is None:
        raise RecoveryNotReadyError(participant=who, reason="none is under way")
    if under_way.ready_at is None:
        raise RecoveryNotReadyError(participant=who, reason="the regulator has not agreed yet")
    # The chain's clock decides; one that mines nothing while nothing happens is read as ours.
    if under_way.ready_at > max(registry.time(connection), now.timestamp()):
        ready = datetime.fromtimestamp(under_way.ready_at, UTC).isoformat()
        raise RecoveryNotReadyError(participant=who, reason=f"not before {ready}")
    return decisions.decide(connection, deployment, "complete_recovery", who, now)


def _check_claim(connection: Connection, deployment: Deployment, claim: Claim) -> None:
    claim.check(deployment)
    _check_status(connection, deployment, claim.participant, suspended=False)
    if (taken := registry.standing(connection, claim.key)) is not None:
        raise KeyTakenError(key=claim.key.hex(), participant=taken.participant)


def _check_status(
    connection: Connection, deployment: Deployment, who: UUID, *, suspended: bool
) -> None:
    """Refuse who does not stand as wanted, once all that is under way has come about."""
    known = select(participant.c.id).where(participant.c.id == who)
    if connection.execute(known).one_or_none() is None:
        raise desk.ParticipantUnknownError(participant=who)
    stands = registry.participant(connection, who)
    if stands is None:
        raise NotRegisteredError(participant=who)
    status = stands.status
    for one in decisions.of(connection, deployment, who):
        if one.open and one.act in ("suspend", "reinstate"):
            status = SUSPENDED if one.act == "suspend" else registry.ADMITTED
    if (status == SUSPENDED) != suspended:
        raise StatusError(participant=who, status=status)


def _custodial(connection: Connection, who: UUID) -> tuple[bytes, bytes] | None:
    row = connection.execute(
        select(custodial_key.c.address, custodial_key.c.sealed).where(
            custodial_key.c.participant == who
        )
    ).one_or_none()
    return None if row is None else (row.address, row.sealed)


# Intake's own lock: no submission of this key is under way while we hold it.
_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:subject, 7305002))")


def _end(
    connection: Connection,
    deployment: Deployment,
    known: KeyStanding,
    now: datetime,
    next_sequence: int | None = None,
    *,
    upon: UUID | None = None,
) -> UUID:
    """Decide on a key's end; a custodial one is put away first, and signs nothing more from this commit on."""
    connection.execute(_LOCK, {"subject": f"sequence {known.key.hex()}"})
    if known.custodial:
        ending = custodial_key.c.address == known.key
        kept = select(*(custodial_key.c[one.name] for one in retired_key.c)).where(ending)
        connection.execute(retired_key.insert().from_select(retired_key.c.keys(), kept))
        connection.execute(delete(custodial_key).where(ending))
    if next_sequence is None:
        newest = select(func.max(submission.c.sequence)).where(submission.c.key == known.key)
        last: int | None = connection.execute(newest).scalar()
        next_sequence = 0 if last is None else last + 1
    facts: Members = {"nextSequence": next_sequence}
    if upon is not None:
        facts["upon"] = str(upon)
    return decisions.decide(
        connection, deployment, "revoke", known.participant, now, key=known.key, facts=facts
    )
