"""The check itself: a bundle, the code somebody scanned and what they trust become a verdict.

The bundle comes from whoever answers and may be forged in every part. Size and root come from an
anchor that another party saw on the chain, keys from what that party saw in the registry, the log's
name and key from trust, the code from the reader's own scan; the bundle only supplies what these are
held against. Once the parts are read there is no exception, only a Verdict, the same here and in
the browser (FORMATS.md, Verdict; vectors/proof.v1.json).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from indexer.core import amending, disclosure, merkle, reach, record
from indexer.core import code as codes
from indexer.core.bundle import Anchor, Bundle, Entry, Missing
from indexer.core.canonical import Json, Members
from indexer.core.checkpoint import parse
from indexer.core.errors import EvidenceError, InputError
from indexer.core.sighting import Sighting, Witnesses
from indexer.core.submission import Approval, Submission, log_id, recover
from indexer.core.trust import Trust
from indexer.core.verdict import RecordVerdict, State, Step, Verdict, worst

__all__ = ["Bundle", "Missing", "Sighting", "Trust", "Verdict", "check"]


def check(bundle: Bundle, code: str, trust: Trust, sightings: Sequence[Sighting] = ()) -> Verdict:
    """Judge a bundle as an answer about `code`; a code that is none raises InputError."""
    asked = codes.read(code)
    witnesses = Witnesses(bundle, trust, sightings)
    proven = [_prove(entry, bundle, witnesses) for entry in bundle.records]
    _mark_repeated(proven)
    stated = [_stated(one) for one in proven]
    related = amending.relations(stated)
    spoken = [
        reach.Spoken(one.kind, one.body, one.sound, relation)
        for one, relation in zip(proven, related, strict=True)
    ]
    told = reach.steps(asked, spoken)
    records = [
        _record(one, step, relation)
        for one, step, relation in zip(proven, told, related, strict=True)
    ]
    return Verdict(
        code=codes.canonical(asked),
        steps=[_checkpoint(bundle, trust), witnesses.anchor()],
        records=records,
        missing=bundle.missing,
        notices=amending.notices(stated, related, [one.sound for one in proven]),
    )


@dataclass
class _Proven:
    """One record's own proofs, before it is asked whether it speaks of the code.

    `kind` is None where the content has none; `body` where it cannot be read or is of no kind known.
    """

    entry: Entry
    kind: int | None
    digest: bytes
    body: Members | None
    content: Step
    proofs: list[Step]

    @property
    def sound(self) -> bool:
        """Whether no proof failed."""
        return worst(step.state for step in (self.content, *self.proofs)) is not State.ALTERED

    @property
    def strange(self) -> bool:
        """Whether the record is of a kind that came after this version."""
        return self.kind is not None and self.kind not in set(record.Kind)


def _checkpoint(bundle: Bundle, trust: Trust) -> Step:
    """Hold the log's own signed word to the anchor."""
    logs, anchor = trust.of(bundle.origin), bundle.anchor
    facts: Members = {"origin": bundle.origin}
    if not logs:
        return Step("checkpoint", State.ALTERED, "ORIGIN_UNKNOWN", facts)
    if anchor is None:
        return Step("checkpoint", State.PENDING, "NOT_ANCHORED", facts)
    if bundle.checkpoint is None:
        return Step("checkpoint", State.PENDING, "CHECKPOINT_ABSENT", facts)
    try:
        head = parse(bundle.checkpoint, [log.key for log in logs])
    except EvidenceError as error:
        return Step("checkpoint", State.ALTERED, error.code, facts)
    facts |= {"size": head.size, "root": head.root.hex()}
    if (head.origin, head.size, head.root) != (bundle.origin, anchor.size, anchor.root):
        return Step("checkpoint", State.ALTERED, "CHECKPOINT_DIFFERS", facts)
    return Step("checkpoint", State.VERIFIED, None, facts)


def _prove(entry: Entry, bundle: Bundle, witnesses: Witnesses) -> _Proven:
    kind, digest = _kind(entry.content), record.digest(entry.content)
    content, body = _content(entry, kind, digest)
    return _Proven(
        entry=entry,
        kind=kind,
        digest=digest,
        body=body,
        content=content,
        proofs=[
            _signature(entry, digest, bundle.origin),
            _inclusion(entry, kind, digest, bundle.anchor),
            witnesses.key(entry),
            *_approval(entry, kind, digest, bundle.origin, witnesses),
        ],
    )


def _kind(content: Members) -> int | None:
    """Return a kind that a record leaf can hold, known to us or not; 0 marks submissions."""
    kind = content.get("kind")
    return kind if type(kind) is int and 1 <= kind <= 255 else None


def _content(entry: Entry, kind: int | None, digest: bytes) -> tuple[Step, Members | None]:
    """Check that the content is a record's and the disclosures open it; return the opened body."""
    facts: Members = {
        "digest": digest.hex(),
        "schema": _text(entry.content.get("schema")),
        "disclosed": len(entry.disclosures),
    }
    strange = kind is not None and kind not in set(record.Kind)
    try:
        if not strange:
            record.check(entry.content)
    except InputError as error:
        return Step("content", State.ALTERED, error.code, facts), None
    if entry.content.get("participant") != str(entry.submission.participant):
        return Step("content", State.ALTERED, "PARTICIPANT_DIFFERS", facts), None
    if strange:
        return Step("content", State.VERIFIED, None, facts), None
    body = entry.content["body"]
    try:
        opened = disclosure.reveal(
            body if isinstance(body, dict) else {}, entry.disclosures, partial=True
        )
    except EvidenceError as error:
        return Step("content", State.ALTERED, error.code, facts), None
    return Step("content", State.VERIFIED, None, facts), opened


def _signature(entry: Entry, digest: bytes, origin: str) -> Step:
    """Check that the signed submission to this very log holds the record, and who signed it."""
    signed = entry.submission
    facts: Members = {
        "participant": str(signed.participant),
        "key": signed.key.hex(),
        "sequence": signed.sequence,
        "position": entry.position,
        "count": signed.count,
    }
    stated = Submission(
        log_id(origin), signed.participant, signed.sequence, signed.count, signed.root
    )
    try:
        merkle.check_inclusion(
            merkle.leaf_hash(digest),
            entry.position,
            signed.count,
            entry.submission_path,
            signed.root,
        )
        signer = recover(stated.signing_hash(), signed.signature)
    except EvidenceError as error:
        return Step("signature", State.ALTERED, error.code, facts)
    if signer != signed.key:
        return Step("signature", State.ALTERED, "SIGNER_DIFFERS", facts)
    return Step("signature", State.VERIFIED, None, facts)


def _inclusion(entry: Entry, kind: int | None, digest: bytes, anchor: Anchor | None) -> Step:
    """Check that the record's leaf lies under the anchored root."""
    facts: Members = {"receivedAt": entry.received_at}
    if entry.logged is None:
        return Step("inclusion", State.PENDING, "NOT_LOGGED", facts)
    facts |= {"index": entry.logged.index}
    if anchor is None:
        return Step("inclusion", State.PENDING, "NOT_ANCHORED", facts)
    facts |= {"size": anchor.size}
    if kind is None:
        return Step("inclusion", State.ALTERED, "RECORD_KIND_UNKNOWN", facts)
    leaf = merkle.leaf_hash(record.record_leaf(kind, entry.received_at, digest))
    try:
        merkle.check_inclusion(
            leaf, entry.logged.index, anchor.size, entry.logged.path, anchor.root
        )
    except EvidenceError as error:
        return Step("inclusion", State.ALTERED, error.code, facts)
    return Step("inclusion", State.VERIFIED, None, facts)


def _approval(
    entry: Entry, kind: int | None, digest: bytes, origin: str, witnesses: Witnesses
) -> list[Step]:
    """Check that the log's operator agreed to what amends another record; other records have no such step."""
    given = entry.approval
    if not amending.needs_approval(kind, given is not None):
        return []
    if given is None:
        facts: Members = {"approver": None, "at": None}
        return [Step("approval", State.ALTERED, "APPROVAL_ABSENT", facts)]
    try:
        said = Approval(log_id(origin), digest, given.at)
        approver = recover(said.signing_hash(), given.signature)
    except EvidenceError as error:
        return [Step("approval", State.ALTERED, error.code, {"approver": None, "at": given.at})]
    return [witnesses.approval(entry, approver)]


def _mark_repeated(proven: Sequence[_Proven]) -> None:
    """Refuse a record that is there already: it could stand where a missing one should."""
    met: set[UUID | int | tuple[bytes, int, int]] = set()
    for one in proven:
        entry = one.entry
        marks: set[UUID | int | tuple[bytes, int, int]] = {
            entry.id,
            (entry.submission.key, entry.submission.sequence, entry.position),
        }
        if entry.logged:
            marks.add(entry.logged.index)
        if not met.isdisjoint(marks):
            one.content = replace(one.content, state=State.ALTERED, reason="REPEATED")
        met |= marks


def _stated(one: _Proven) -> amending.Statement:
    entry = one.entry
    return amending.Statement(
        id=entry.id,
        kind=one.kind,
        participant=entry.submission.participant,
        digest=one.digest,
        amends=entry.content.get("amends"),
        index=entry.logged.index if entry.logged else None,
        approved=entry.approval is not None,
        body=one.body,
    )


def _record(one: _Proven, told: Step, relation: amending.Relation) -> RecordVerdict:
    skipped = (one.strange or relation.foreign) and one.sound
    if skipped and one.strange:
        told = Step("code", State.UNKNOWN, "KIND_UNKNOWN")
    return RecordVerdict(
        id=one.entry.id,
        index=one.entry.logged.index if one.entry.logged else None,
        kind=one.kind,
        skipped=skipped,
        steps=[one.content, told, *one.proofs],
    )


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None
