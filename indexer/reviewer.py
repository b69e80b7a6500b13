"""Records that amend others, held to what they amend: who may, in which order, and upon whose approval.

A foreign amendment harms nobody's verdict, for readers set it apart; but no honest gateway lets one into the log, so it
is a finding.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, text

from indexer.core import canonical
from indexer.core.errors import EvidenceError, InputError
from indexer.core.record import Kind
from indexer.core.submission import Approval, recover
from indexer.inspector import Standing, about_record
from indexer.store import ledger, registry
from indexer.store.findings import Finding
from indexer.store.ledger import Found, Stated

_APPROVAL = text("select at, approver, signature from ledger.approval where digest = :digest")


def review(connection: Connection, standing: Standing, log: bytes) -> Iterator[Finding]:
    """Name what amends another record without the right to, among the records of one submission."""
    for position, digest in enumerate(standing.digests):
        stated = standing.place.records.get(position)
        if stated and digest and stated.kind in (Kind.AMENDMENT, Kind.WITHDRAWAL, Kind.ERASURE):
            reason = _wrong(connection, standing, stated, digest, log)
            if reason:
                yield about_record("AMEND_FOREIGN", standing, position, stated.id, reason=reason)


def _wrong(
    connection: Connection, standing: Standing, stated: Stated, digest: bytes, log: bytes
) -> str | None:
    amended = _amends(stated)
    if amended is None:
        return None  # misshapen, which the inspector says
    base = next(iter(ledger.found(connection, amended)), None)
    approved = _approved(connection, digest, log)
    index = standing.place.first_index + 1 + stated.position
    if base is None:
        # It may be gone, which is a finding of its own.
        return None
    if base.index is None or base.index >= index:
        return "order"
    return _unentitled(standing, stated, base, approved)


def _unentitled(standing: Standing, stated: Stated, base: Found, approved: bool) -> str | None:
    row = standing.place.row
    own = row is not None and row.participant == base.participant
    if stated.kind == Kind.ERASURE:
        return None if own or approved else "participant"
    if base.kind not in (Kind.EVENT, Kind.MASTER_DATA, Kind.AMENDMENT):
        return "kind"
    if not own:
        return "participant"
    return None if approved else "approval"


def _approved(connection: Connection, digest: bytes, log: bytes) -> bool:
    """Tell whether there is an approval, signed by an account that is or was the log's operator on chain."""
    row = connection.execute(_APPROVAL, {"digest": digest}).one_or_none()
    if row is None:
        return False
    try:
        signer = recover(Approval(log, digest, row.at).signing_hash(), row.signature)
    except EvidenceError:
        return False
    return signer == row.approver and registry.operated(connection, log, signer)


def _amends(stated: Stated) -> bytes | None:
    try:
        content = canonical.decode(stated.content)
    except InputError:
        return None
    amended = content.get("amends") if isinstance(content, dict) else None
    try:
        return bytes.fromhex(amended) if isinstance(amended, str) and len(amended) == 64 else None
    except ValueError:
        return None
