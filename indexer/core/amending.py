"""Which records of an answer amend which others, and whether that counts.

A correction, a withdrawal and an erasure are records of their own and change none: the old record stays and still
proves. They count only for whoever stated the old one, only behind it in the log, and corrections and withdrawals only
with the operator's approval; an erasure by somebody else needs that approval too. What does not count is set apart and
harms nothing, or any participant could spoil another's product (FORMATS.md, Verdict).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from indexer.core.canonical import Json, Members
from indexer.core.record import Kind
from indexer.core.verdict import Notice

_BASES = {
    Kind.AMENDMENT: frozenset({Kind.EVENT, Kind.MASTER_DATA, Kind.AMENDMENT}),
    Kind.WITHDRAWAL: frozenset({Kind.EVENT, Kind.MASTER_DATA, Kind.AMENDMENT}),
    Kind.ERASURE: frozenset({Kind.EVENT, Kind.MASTER_DATA, Kind.AMENDMENT, Kind.WITHDRAWAL}),
}
_NOTICES = {Kind.AMENDMENT: "AMENDED", Kind.WITHDRAWAL: "WITHDRAWN", Kind.ERASURE: "ERASED"}


@dataclass(frozen=True)
class Statement:
    """What amending is judged by; `index` is None until the record lies under a final anchor."""

    id: UUID
    kind: int | None
    participant: UUID
    digest: bytes
    amends: Json
    index: int | None
    approved: bool
    body: Members | None


@dataclass(frozen=True)
class Relation:
    """What a record amends: the place of its base in the answer, if one stands before it, and whether it counts."""

    base: int | None = None
    counts: bool = False

    @property
    def foreign(self) -> bool:
        """Whether it amends what stands in the answer without having the right to."""
        return self.base is not None and not self.counts


def needs_approval(kind: int | None, given: bool) -> bool:
    """Tell whether an approval is judged: that of corrections and withdrawals always, of erasures where it is given."""
    return kind in (Kind.AMENDMENT, Kind.WITHDRAWAL) or (kind == Kind.ERASURE and given)


def relations(stated: Sequence[Statement]) -> list[Relation]:
    """Relate each record to the one it amends, which must stand before it."""
    met: dict[str, int] = {}
    found = []
    for place, one in enumerate(stated):
        base = met.get(one.amends) if isinstance(one.amends, str) else None
        if base is None or one.kind not in _NOTICES:
            found.append(Relation())
        else:
            found.append(Relation(base, _counts(one, stated[base])))
        met.setdefault(one.digest.hex(), place)
    return found


def notices(
    stated: Sequence[Statement], related: Sequence[Relation], sound: Sequence[bool]
) -> list[Notice]:
    """List what sound records that count say of others, in the answer's order."""
    return [
        Notice(
            name=_NOTICES[Kind(one.kind)],
            record=stated[relation.base].id,
            by=one.id,
            participant=one.participant,
            reason=_reason(one.body),
        )
        for one, relation, holds in zip(stated, related, sound, strict=True)
        if holds and relation.counts and relation.base is not None and one.kind is not None
    ]


def _counts(one: Statement, base: Statement) -> bool:
    if one.kind is None or base.kind not in _BASES[Kind(one.kind)]:
        return False
    own = one.participant == base.participant or (one.kind == Kind.ERASURE and one.approved)
    if one.index is None:
        return own
    return own and base.index is not None and base.index < one.index


def _reason(body: Members | None) -> str | None:
    """Read why: of an erasure its legal basis, else the reason, as EPCIS declares an error or as we do."""
    said = body or {}
    declared = said.get("errorDeclaration")
    for value in (
        said.get("basis"),
        said.get("reason"),
        declared.get("reason") if isinstance(declared, dict) else None,
    ):
        if isinstance(value, str):
            return value
    return None
