"""The operator's hand in returned data: applications to change it are kept, answered once, and never by the applicant.

An approval is the signature of the account that operates the log on chain, over the record that would come of it; the
gateway holds no key for it. Where the platform signs on behalf of the applicant, the record follows at once; whoever
has a key of its own sends it again, signed with its next sequence, and finds the approval waiting.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, select
from uuid_utils.compat import uuid7

from gateway.accounts.desk import Caller
from gateway.accounts.rules import OPERATOR
from gateway.draft import Draft
from gateway.returns import applications, sealing
from gateway.returns.applications import Held
from gateway.returns.rules import Base
from gateway.returns.tables import application, review
from gateway.vault import Vault
from indexer.core.errors import (
    AccessError,
    DuplicateError,
    EvidenceError,
    InputError,
    MissingError,
)
from indexer.core.record import Kind
from indexer.core.submission import Approval, recover
from indexer.store import registry
from indexer.store.tables import approval

LONGEST_REASON: Final = 500
# A reviewer's clock may be off by so much; nothing but people reads the time.
_TOLERANCE = timedelta(minutes=10)


class NotOperatorError(AccessError):
    """Somebody who is not the operator looks at or answers applications."""

    code = "NOT_OPERATOR"
    sentence = "this is the operator's desk: it needs an API key of role operator"


class ApplicantReviewsError(AccessError):
    """An applicant who would answer himself."""

    code = "APPLICANT_REVIEWS"
    sentence = "application {application} is your own: somebody else of the operator's answers it"


class ApplicationUnknownError(MissingError):
    """No application has this id, or it is not the caller's."""

    code = "APPLICATION_UNKNOWN"
    sentence = "there is no application {application}"


class ReviewedAlreadyError(DuplicateError):
    """An application that was answered."""

    code = "REVIEWED_ALREADY"
    sentence = "application {application} was answered already: {answer}"


class ApproverError(InputError):
    """An approval signed by somebody other than the account that operates the log."""

    code = "APPROVER"
    sentence = (
        "the approval is signed by {signer}, which the chain does not name as the log's operator, over log {log}, "
        "digest {digest} and the time {at}"
    )


class ReviewTimeError(InputError):
    """An approval of another time than now."""

    code = "REVIEW_TIME"
    sentence = "the approval says {at}, which is not within ten minutes of now"


class ApprovalIncompleteError(InputError):
    """An approval without its time, or a time without its signature."""

    code = "APPROVAL_INCOMPLETE"
    sentence = "an approval has a time and a signature, a refusal neither: {place} lacks"


class ReasonError(InputError):
    """An answer without words, or with too many."""

    code = "REVIEW_REASON"
    sentence = "a review says why in 1 to 500 characters"


def approved(connection: Connection, digests: Iterable[bytes]) -> set[bytes]:
    """Tell which of these records were approved."""
    query = select(approval.c.digest).where(approval.c.digest.in_(list(digests)))
    return set(connection.scalars(query))


def apply(
    connection: Connection,
    vault: Vault | None,
    participant: UUID,
    asked: Sequence[tuple[Draft, Base]],
    now: datetime,
) -> list[Held]:
    """Keep applications; what was applied for before is not kept twice. With a `vault` the platform is to sign."""
    for draft, amended in asked:
        if applications.by_digest(connection, draft.digest) is None:
            one = uuid7()
            row = {
                "id": one,
                "participant": participant,
                "kind": draft.kind,
                "base": draft.amends,
                "base_record": amended.id,
                "digest": draft.digest,
                "content": draft.content,
                "sealed": b"" if vault is None else sealing.seal(vault, one, draft),
                "created": now,
            }
            connection.execute(application.insert(), row)
    found = [applications.by_digest(connection, draft.digest) for draft, _ in asked]
    return [one for one in found if one is not None]


def find(connection: Connection, caller: Caller, one: UUID) -> Held:
    """Find an application of the caller's, or any for the operator."""
    held = applications.find(connection, one)
    if held is None or (caller.role != OPERATOR and held.participant != caller.participant):
        raise ApplicationUnknownError(application=one)
    return held


@dataclass(frozen=True)
class Review:
    """An answer to an application; an approving one has the time and the signature of its EIP-712 Approval."""

    reason: str
    at: int | None = None
    signature: bytes | None = None


def answer(
    connection: Connection, log: bytes, caller: Caller, one: UUID, given: Review, now: datetime
) -> Held:
    """Approve or refuse an application for good. The caller commits."""
    if caller.role != OPERATOR:
        raise NotOperatorError
    held = find(connection, caller, one)
    if held.participant == caller.participant and held.kind != Kind.ERASURE:
        raise ApplicantReviewsError(application=one)
    if held.approved is not None:
        raise ReviewedAlreadyError(application=one, answer=held.state)
    if not 1 <= len(given.reason.strip()) <= LONGEST_REASON:
        raise ReasonError(place="/reason")
    if (given.signature is None) != (given.at is None):
        raise ApprovalIncompleteError(place="/at" if given.at is None else "/signature")
    if given.signature is not None:
        connection.execute(approval.insert(), _approval(connection, log, held, given, now))
    row = {
        "application": one,
        "approved": given.signature is not None,
        "reason": given.reason.strip(),
        "reviewer": caller.participant,
        "at": now,
    }
    connection.execute(review.insert(), row)
    return find(connection, caller, one)


def forget(connection: Connection, one: UUID) -> None:
    """Let go of an application's secrets once it was answered: the record holds its own."""
    kept = application.update().where(application.c.id == one)
    connection.execute(kept.values(sealed=b""))


def _approval(
    connection: Connection, log: bytes, held: Held, given: Review, now: datetime
) -> dict[str, Any]:
    at, signature = given.at or 0, given.signature or b""
    if abs(now.timestamp() - at) > _TOLERANCE.total_seconds():
        raise ReviewTimeError(place="/at", at=at)
    try:
        signer = recover(Approval(log, held.digest, at).signing_hash(), signature)
    except EvidenceError:
        signer = b""
    if not registry.operated(connection, log, signer):
        raise ApproverError(
            place="/signature",
            signer=signer.hex() or "nobody",
            log=log.hex(),
            digest=held.digest.hex(),
            at=at,
        )
    return {"digest": held.digest, "at": at, "approver": signer, "signature": signature}
