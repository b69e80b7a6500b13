"""One submission's rows in all of the tables that are intake's, of the ledger and for queries, in one statement.

All or nothing holds by the transaction around it; one statement because a round trip costs more than the rows do. Its
end wakes the sequencer, which hears of it when the caller commits.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from gateway import summary
from gateway.draft import Draft
from gateway.vault import Vault, seal_disclosures

INSERT = text("""
with stated as (
  insert into ledger.submission
    (id, participant, key, sequence, count, root, digests, signature, received_at, anchor_by, receipt)
  values (:id, :participant, :key, :sequence, :count, :root, :signed, :signature, :received_at, :anchor_by, :receipt)
), records as (
  insert into ledger.record (id, submission, position, kind, digest, content)
  select one.id, :id, one.nth - 1, one.kind, one.digest, one.content
  from unnest(cast(:ids as uuid[]), cast(:kinds as smallint[]), cast(:digests as bytea[]), cast(:contents as bytea[]))
    with ordinality as one (id, kind, digest, content, nth)
), keys as (
  insert into ledger.record_key (record, wrapped)
  select * from unnest(cast(:ids as uuid[]), cast(:wrapped as bytea[]))
), hidden as (
  insert into ledger.sealed (record, disclosures)
  select * from unnest(cast(:sealed_ids as uuid[]), cast(:sealed as bytea[]))
), named as (
  insert into ledger.naming (code, record, submission, position, concealed)
  select one.code, one.record, :id, one.position, one.concealed
  from unnest(
    cast(:codes as bytea[]), cast(:named_ids as uuid[]), cast(:positions as integer[]), cast(:concealed as boolean[])
  ) as one (code, record, position, concealed)
), summed as (
  insert into gateway.summary (
    record, participant, kind, type, event_time, received_at, action, biz_step, disposition, read_point, biz_location,
    hidden
  )
  select one.record, :participant, one.kind, one.type, one.event_time, :received_at, one.action, one.biz_step,
    one.disposition, one.read_point, one.biz_location, one.hidden
  from unnest(
    cast(:summed_ids as uuid[]), cast(:summed_kind as smallint[]), cast(:summed_type as text[]),
    cast(:summed_event_time as timestamptz[]), cast(:summed_action as text[]), cast(:summed_biz_step as text[]),
    cast(:summed_disposition as text[]), cast(:summed_read_point as text[]), cast(:summed_biz_location as text[]),
    cast(:summed_hidden as boolean[])
  ) as one (
    record, kind, type, event_time, action, biz_step, disposition, read_point, biz_location, hidden
  )
), used as (
  insert into gateway.term (participant, field, value)
  select :participant, one.field, one.value
  from unnest(cast(:fields as text[]), cast(:words as text[])) as one (field, value)
  on conflict do nothing
)
select pg_notify('suyuan_submission', '')
""")


_SUMMED = (
    "kind",
    "type",
    "event_time",
    "action",
    "biz_step",
    "disposition",
    "read_point",
    "biz_location",
    "hidden",
)


def columns(
    vault: Vault, ids: Sequence[UUID], made: Sequence[Draft], received_at: int
) -> dict[str, Any]:
    """Lay drafts received at `received_at` (ms) out as `INSERT` takes them, a list for each column, secrets sealed."""
    rows = list(zip(ids, made, strict=True))
    hidden = [(one, draft) for one, draft in rows if draft.disclosures]
    named = [
        (*name, one, position)
        for position, (one, draft) in enumerate(rows)
        for name in sorted(draft.names)
    ]
    return {
        "signed": b"".join(draft.digest for draft in made),
        "ids": [one for one, _ in rows],
        "kinds": [draft.kind for draft in made],
        "digests": [draft.digest for draft in made],
        "contents": [draft.content for draft in made],
        "wrapped": [vault.seal_record_key(one, draft.key) for one, draft in rows],
        "sealed_ids": [one for one, _ in hidden],
        "sealed": [seal_disclosures(one, draft.key, draft.disclosures) for one, draft in hidden],
        "codes": [name for name, _, _, _ in named],
        "concealed": [concealed for _, concealed, _, _ in named],
        "named_ids": [one for _, _, one, _ in named],
        "positions": [position for _, _, _, position in named],
        **_summed(rows, received_at),
    }


def _summed(rows: Sequence[tuple[UUID, Draft]], received_at: int) -> dict[str, Any]:
    made = [(one, summary.row(draft, received_at)) for one, draft in rows]
    found = [(one, told) for one, told in made if told is not None]
    used = summary.terms(told for _, told in found)
    return {
        "summed_ids": [one for one, _ in found],
        **{f"summed_{name}": [told[name] for _, told in found] for name in _SUMMED},
        "fields": [field for field, _ in used],
        "words": [word for _, word in used],
    }
