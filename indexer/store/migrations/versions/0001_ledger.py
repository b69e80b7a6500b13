"""Create schema ledger: its tables, the roles that may write them, the triggers that refuse rewriting."""

from alembic import op

revision = "0001"
down_revision = None

ROLES = ("intake", "sequencer", "anchorer", "follower", "reconciler", "reader")

TABLES = """
create schema ledger;

create table ledger.submission (
  id uuid primary key,
  participant uuid not null,
  key bytea not null check (length(key) = 20),
  sequence bigint not null check (sequence >= 0),
  count integer not null check (count >= 1),
  root bytea not null check (length(root) = 32),
  digests bytea not null check (length(digests) = 32 * count),
  signature bytea not null check (length(signature) = 65),
  received_at bigint not null,
  anchor_by bigint not null,
  receipt bytea not null check (length(receipt) = 65),
  constraint submission_key_sequence unique (key, sequence)
);
create table ledger.record (
  id uuid primary key,
  submission uuid not null,
  position integer not null check (position >= 0),
  kind smallint not null,
  digest bytea not null check (length(digest) = 32),
  content bytea not null,
  constraint record_submission_position unique (submission, position)
);
create table ledger.record_key (record uuid primary key, wrapped bytea not null);
create table ledger.sealed (record uuid primary key, disclosures bytea not null);
create table ledger.naming (
  code bytea not null check (length(code) = 16),
  record uuid not null,
  submission uuid not null,
  position integer not null,
  concealed boolean not null,
  primary key (code, record)
);
create index naming_record on ledger.naming (record);
create table ledger.placement (
  first_index bigint primary key,
  submission uuid not null unique,
  count integer not null check (count >= 1)
);
create table ledger.tile (
  level smallint not null,
  number bigint not null,
  hashes bytea not null check (length(hashes) % 32 = 0 and length(hashes) between 32 and 8192),
  primary key (level, number)
);
create table ledger.leader (
  origin text primary key,
  epoch bigint not null,
  since timestamptz not null
);
create table ledger.tx (
  signer bytea not null check (length(signer) = 20),
  nonce bigint not null,
  hash bytea not null unique check (length(hash) = 32),
  size bigint,
  root bytea,
  raw bytea not null,
  created timestamptz not null,
  sent timestamptz,
  attempts integer not null default 0,
  outcome text check (outcome in ('mined', 'reverted', 'replaced')),
  primary key (signer, nonce)
);
create table ledger.checkpoint (
  size bigint primary key,
  root bytea not null check (length(root) = 32),
  note text not null
);
create table ledger.block (
  number bigint primary key,
  hash bytea not null unique check (length(hash) = 32),
  parent bytea not null check (length(parent) = 32),
  "timestamp" bigint not null
);
create table ledger.anchor (
  log bytea not null check (length(log) = 32),
  number bigint not null,
  old_size bigint not null,
  size bigint not null,
  root bytea not null check (length(root) = 32),
  block_number bigint not null references ledger.block (number) on delete cascade,
  log_index integer not null,
  tx_hash bytea not null check (length(tx_hash) = 32),
  primary key (log, number),
  constraint anchor_log_size unique (log, size)
);
create index ix_ledger_anchor_block_number on ledger.anchor (block_number);
create table ledger.registration (
  block_number bigint not null references ledger.block (number) on delete cascade,
  log_index integer not null,
  event text not null,
  participant uuid not null,
  key bytea,
  name text,
  credit_code text,
  custodial boolean,
  next_sequence bigint,
  primary key (block_number, log_index)
);
create index ix_ledger_registration_participant on ledger.registration (participant);
create table ledger.cursor (
  trace_log bytea primary key check (length(trace_log) = 20),
  participants bytea not null check (length(participants) = 20),
  chain_id bigint not null,
  genesis bytea not null check (length(genesis) = 32),
  tip_number bigint not null,
  tip_hash bytea not null check (length(tip_hash) = 32),
  final_number bigint not null,
  final_hash bytea not null check (length(final_hash) = 32),
  version bigint not null
);
create table ledger.finding (
  kind text not null,
  subject text not null,
  first_index bigint,
  last_index bigint,
  record uuid,
  facts jsonb not null,
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  cleared timestamptz,
  primary key (kind, subject)
);
"""

# Only a superuser who switches triggers off gets past these, and then the reconciler sees it.
TRIGGERS = """
create function ledger.refuse() returns trigger language plpgsql as $$
begin
  raise exception 'ledger.% is insert-only: % refused', tg_table_name, tg_op
    using errcode = 'restrict_violation';
end $$;

create function ledger.refuse_unless_grown() returns trigger language plpgsql as $$
begin
  if new.level <> old.level or new.number <> old.number
     or substr(new.hashes, 1, length(old.hashes)) <> old.hashes then
    raise exception 'ledger.tile only grows: rewriting level % number % refused', old.level, old.number
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

create trigger grows before update on ledger.tile
  for each row execute function ledger.refuse_unless_grown();
create trigger stays before delete on ledger.tile for each row execute function ledger.refuse();
create trigger stays_whole before truncate on ledger.tile
  for each statement execute function ledger.refuse();
"""

INSERT_ONLY = ("submission", "record", "placement", "checkpoint")
NEVER_UPDATED = (
    "record_key",
    "sealed",
    "naming",
)  # rows may go one day, by erasure; they never change

GRANTS = """
grant insert on ledger.submission, ledger.record, ledger.record_key, ledger.sealed, ledger.naming to suyuan_intake;
grant select on ledger.record_key, ledger.sealed to suyuan_intake;
grant insert on ledger.placement to suyuan_sequencer;
grant insert, update on ledger.tile to suyuan_sequencer;
grant insert, update on ledger.leader to suyuan_sequencer;
grant insert, update on ledger.tx to suyuan_anchorer;
grant insert on ledger.checkpoint to suyuan_anchorer;
grant insert, delete on ledger.block, ledger.anchor, ledger.registration to suyuan_follower;
grant insert, update on ledger.cursor to suyuan_follower;
grant insert, update on ledger.finding to suyuan_reconciler;
grant select on ledger.submission, ledger.record, ledger.naming, ledger.placement, ledger.tile, ledger.leader,
  ledger.tx, ledger.checkpoint, ledger.block, ledger.anchor, ledger.registration, ledger.cursor, ledger.finding
  to suyuan_reader;
grant select on public.suyuan_ledger_version to suyuan_reader;
grant suyuan_reader to suyuan_intake, suyuan_sequencer, suyuan_anchorer, suyuan_follower, suyuan_reconciler;
"""


def upgrade() -> None:
    """Create everything."""
    op.execute(TABLES)
    op.execute(TRIGGERS)
    for table in INSERT_ONLY:
        op.execute(
            f"create trigger stays before update or delete on ledger.{table} "
            "for each row execute function ledger.refuse()"
        )
    for table in NEVER_UPDATED:
        op.execute(
            f"create trigger stays before update on ledger.{table} "
            "for each row execute function ledger.refuse()"
        )
    for table in (*INSERT_ONLY, *NEVER_UPDATED):
        op.execute(
            f"create trigger stays_whole before truncate on ledger.{table} "
            "for each statement execute function ledger.refuse()"
        )
    for role in ROLES:
        op.execute(
            f"do $$ begin create role suyuan_{role} nologin; "
            "exception when duplicate_object or unique_violation then null; end $$"
        )
        op.execute(f"grant usage on schema ledger to suyuan_{role}")
    op.execute(GRANTS)
