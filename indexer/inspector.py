"""One submission held to itself: its leaves as its rows make them, its signature, its key, and what its records say.

Everything here can be told from the submission's own rows, the registry and one anchor; whether the leaves are those of
the log is the walker's question.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from indexer.core import canonical, event, merkle, record, submission
from indexer.core.canonical import Members
from indexer.core.errors import EvidenceError, InputError
from indexer.core.submission import Submission
from indexer.store import ledger
from indexer.store.findings import Finding
from indexer.store.ledger import Stated
from indexer.store.loose import RegisteredKey
from indexer.store.places import FinalAnchor, Place, Signed

# Nothing hashes to it: it stands for rows that make no leaf at all.
IMPOSSIBLE = b""


@dataclass(frozen=True)
class Standing:
    """A place with all its hashes: of contents, as they were signed, and of the leaves its rows make.

    `digests` are None where a record is gone; `signed` is None if the kept digests are not those under the signed root.
    """

    place: Place
    digests: list[bytes | None]
    signed: list[bytes] | None
    made: list[bytes | None]

    @property
    def last_index(self) -> int:
        """The index of its last leaf."""
        return self.place.next_index - 1


def stand(place: Place) -> Standing:
    """Hash a place anew from its rows."""
    stated = [place.records.get(position) for position in range(place.count)]
    digests = [sha256(one.content).digest() if one else None for one in stated]
    if place.row is None:
        return Standing(place, digests, None, [None] * (place.count + 1))
    made = [_submission_leaf(place.row)]
    for one, digest in zip(stated, digests, strict=True):
        made.append(
            _record_leaf(one.kind, place.row.received_at, digest) if one and digest else None
        )
    kept = [place.row.digests[at : at + 32] for at in range(0, len(place.row.digests), 32)]
    sound = len(kept) == place.count and submission.root(kept) == place.row.root
    return Standing(place, digests, kept if sound else None, made)


def inspect(
    standing: Standing,
    log: bytes,
    keys: Mapping[bytes, RegisteredKey],
    anchor: FinalAnchor | None,
) -> Iterator[Finding]:
    """Name all that does not fit within one submission. Records that are not as signed are the walker's."""
    row = standing.place.row
    if row is None:
        return
    yield from _counted(standing, row)
    yield from _signature(standing, row, log)
    if anchor is not None:
        yield from _key(standing, row, keys, anchor)
    for position, digest in enumerate(standing.digests):
        stated = standing.place.records.get(position)
        if stated and digest and (standing.signed is None or standing.signed[position] == digest):
            yield from _record(standing, row, stated, digest)


def about_submission(kind: str, standing: Standing, **facts: canonical.Json) -> Finding:
    """Find fault with a submission as a whole."""
    place = standing.place
    told: Members = {"submission": str(place.submission), **facts}
    subject = f"submission {place.submission}"
    return Finding(kind, subject, place.first_index, standing.last_index, None, told)


def about_record(
    kind: str, standing: Standing, position: int, known: UUID | None, **facts: canonical.Json
) -> Finding:
    """Find fault with one record, named by its leaf where its id is gone with it."""
    index = standing.place.first_index + 1 + position
    told: Members = {"submission": str(standing.place.submission), "position": position, **facts}
    return Finding(kind, f"record {known}" if known else f"leaf {index}", index, index, known, told)


def _counted(standing: Standing, row: Signed) -> Iterator[Finding]:
    place = standing.place
    if row.count != place.count:
        yield about_submission(
            "LEAF_MISMATCH", standing, reason="count", placed=place.count, signed=row.count
        )
    for position, stray in sorted(place.records.items()):
        if not 0 <= position < place.count:
            told: Members = {"submission": str(place.submission), "position": position}
            at = place.first_index
            yield Finding("RECORD_UNSIGNED", f"record {stray.id}", at, at, stray.id, told)


def _signature(standing: Standing, row: Signed, log: bytes) -> Iterator[Finding]:
    try:
        claim = Submission(log, row.participant, row.sequence, row.count, row.root)
        signer = submission.recover(claim.signing_hash(), row.signature)
    except (EvidenceError, InputError) as error:
        yield about_submission("SIGNATURE_INVALID", standing, reason=error.code)
        return
    if signer != row.key:
        yield about_submission(
            "SIGNATURE_INVALID", standing, reason="signer", key=row.key.hex(), signer=signer.hex()
        )
    if standing.signed is None:
        whole = [digest for digest in standing.digests if digest is not None]
        covered = len(whole) == row.count and submission.root(whole) == row.root
        kind = "LEAF_MISMATCH" if covered else "RECORD_UNSIGNED"
        yield about_submission(kind, standing, reason="digests")


def _key(
    standing: Standing, row: Signed, keys: Mapping[bytes, RegisteredKey], anchor: FinalAnchor
) -> Iterator[Finding]:
    known = keys.get(row.key)
    if known is None or known.admitted > anchor.block:
        reason = "unknown"
    elif known.participant != row.participant:
        reason = "foreign"
    elif known.revoked is not None and row.sequence >= known.revoked:
        reason = "revoked"
    else:
        return
    yield about_submission(
        "KEY_NOT_ACTIVE", standing, reason=reason, key=row.key.hex(), sequence=row.sequence
    )


def _record(standing: Standing, row: Signed, stated: Stated, digest: bytes) -> Iterator[Finding]:
    at = (standing, stated.position, stated.id)
    if stated.digest != digest:
        yield about_record("LEAF_MISMATCH", *at, reason="digest", kept=stated.digest.hex())
    try:
        content = canonical.decode(stated.content)
        record.check(content)
        names = _names(content) if isinstance(content, dict) else set()
    except InputError as error:
        yield about_record("RECORD_MISSHAPEN", *at, reason=error.code, place=error.place)
        return
    if isinstance(content, dict):
        yield from _claims(at, row, stated, content)
    found = standing.place.names.get(stated.id, set())
    if found != names:
        lost, extra = len(names - found), len(found - names)
        yield about_record("NAMING_FALSE", *at, missing=lost, extra=extra)


def _claims(
    at: tuple[Standing, int, UUID], row: Signed, stated: Stated, content: Members
) -> Iterator[Finding]:
    for name, wanted in (("participant", str(row.participant)), ("kind", stated.kind)):
        if content[name] != wanted:
            yield about_record("RECORD_MISSHAPEN", *at, reason=name, place=f"/{name}")
    if canonical.encode(content) != stated.content:
        yield about_record("RECORD_MISSHAPEN", *at, reason="spelling", place="")


def _names(content: Members) -> set[bytes]:
    return {ledger.name(ledger.spelt(one)) for one in event.named(content)} | {
        *ledger.others(content)
    }


def _submission_leaf(row: Signed) -> bytes | None:
    try:
        data = record.submission_leaf(
            row.participant, row.key, row.sequence, row.count, row.root, row.signature
        )
    except InputError:
        return IMPOSSIBLE
    return merkle.leaf_hash(data)


def _record_leaf(kind: int, received_at: int, digest: bytes) -> bytes:
    try:
        return merkle.leaf_hash(record.record_leaf(kind, received_at, digest))
    except InputError:
        return IMPOSSIBLE
