"""Add to schema ledger: approvals, acts of the chain's administrators, a leader's pulse, erasure, and refilled rows."""

from alembic import op

revision = "0002"
down_revision = "0001"

ROLES = ("returns", "eraser")

TABLES = """
create index record_erasure on ledger.record (id) where kind = 5;
create index record_digest on ledger.record (substr(digest, 1, 8));

create table ledger.approval (
  digest bytea primary key check (length(digest) = 32),
  at bigint not null,
  approver bytea not null check (length(approver) = 20),
  signature bytea not null check (length(signature) = 65)
);
create trigger stays before update or delete on ledger.approval
  for each row execute function ledger.refuse();
create trigger stays_whole before truncate on ledger.approval
  for each statement execute function ledger.refuse();

create table ledger.administration (
  block_number bigint not null references ledger.block (number) on delete cascade,
  log_index integer not null,
  contract text not null check (contract in ('TraceLog', 'Participants')),
  event text not null,
  facts jsonb not null,
  primary key (block_number, log_index)
);
create table ledger.former_deployment (
  genesis bytea not null check (length(genesis) = 32),
  trace_log bytea not null check (length(trace_log) = 20),
  participants bytea not null check (length(participants) = 20),
  chain_id bigint not null,
  final_number bigint not null,
  final_hash bytea not null check (length(final_hash) = 32),
  left_at timestamptz not null,
  primary key (genesis, trace_log)
);
create table ledger.former_anchor (
  genesis bytea not null,
  trace_log bytea not null,
  log bytea not null check (length(log) = 32),
  number bigint not null,
  old_size bigint not null,
  size bigint not null,
  root bytea not null check (length(root) = 32),
  block_number bigint not null,
  block_hash bytea not null check (length(block_hash) = 32),
  time bigint not null,
  tx_hash bytea not null check (length(tx_hash) = 32),
  raw bytea,
  primary key (genesis, trace_log, log, number),
  foreign key (genesis, trace_log) references ledger.former_deployment (genesis, trace_log)
);
create index ix_ledger_former_anchor_log on ledger.former_anchor (log, size);
create table ledger.former_event (
  genesis bytea not null,
  trace_log bytea not null,
  block_number bigint not null,
  log_index integer not null,
  block_hash bytea not null check (length(block_hash) = 32),
  facts jsonb not null,
  primary key (genesis, trace_log, block_number, log_index),
  foreign key (genesis, trace_log) references ledger.former_deployment (genesis, trace_log)
);

alter table ledger.registration add column ready_at bigint;
create index ix_ledger_registration_key on ledger.registration (key);

alter table ledger.leader add column instance text not null default '', add column seen timestamptz;
alter table ledger.submission alter column anchor_by drop not null, alter column receipt drop not null;
create index submission_refilled on ledger.submission (id) where receipt is null;
alter table ledger.finding add column acknowledged timestamptz;
"""

# Numbers by which readers reserve memory or tell times: whoever alters rows may not make them do either without end.
BOUNDS = """
alter table ledger.submission
  add constraint submission_count_bound check (count <= 65536),
  add constraint submission_received_at_bound check (received_at between 0 and 253402300799999),
  add constraint submission_anchor_by_bound check (anchor_by between 0 and 253402300799);
alter table ledger.placement
  add constraint placement_count_bound check (count <= 65536),
  add constraint placement_first_index_bound check (first_index between 0 and 9007199254740991);
alter table ledger.tile add constraint tile_number_bound check (number between 0 and 35184372088831);
alter table ledger.block add constraint block_timestamp_bound check ("timestamp" between 0 and 253402300799);
"""

# Only what was concealed is ever forgotten, and only once a notice of erasure that names the record stands in the log
# under a published checkpoint. A record is found by what amends it under the name of its digest (ledger.amends).
TRIGGERS = """
create function ledger.refuse_unless_noticed() returns trigger language plpgsql as $$
begin
  if not exists (
    select from ledger.record base
    join ledger.naming named
      on named.code = substr(sha256(convert_to('amends ' || encode(base.digest, 'hex'), 'UTF8')), 1, 16)
    join ledger.record notice on notice.id = named.record and notice.kind = 5
    join ledger.placement place on place.submission = notice.submission
    where base.id = old.record
      and place.first_index + place.count < (select max(size) from ledger.checkpoint)
  ) then
    raise exception 'ledger.%: no anchored notice of erasure names record %: % refused',
      tg_table_name, old.record, tg_op using errcode = 'restrict_violation';
  end if;
  return old;
end $$;

create function ledger.refuse_unless_concealed() returns trigger language plpgsql as $$
begin
  if not old.concealed then
    raise exception 'ledger.naming: an open name is never erased: % refused', tg_op
      using errcode = 'restrict_violation';
  end if;
  return old;
end $$;

create trigger stays_open before delete on ledger.naming
  for each row execute function ledger.refuse_unless_concealed();
"""
NOTICED = ("record_key", "sealed", "naming")
FORMER = ("former_deployment", "former_anchor", "former_event")

GRANTS = """
grant select on ledger.approval, ledger.administration, ledger.former_deployment, ledger.former_anchor,
  ledger.former_event to suyuan_reader;
grant insert on ledger.approval to suyuan_returns;
grant insert, delete on ledger.administration to suyuan_follower;
grant delete on ledger.record_key, ledger.sealed, ledger.naming to suyuan_eraser;
grant select (record) on ledger.record_key, ledger.sealed to suyuan_eraser;
grant insert on ledger.submission to suyuan_sequencer;
grant suyuan_reader to suyuan_returns, suyuan_eraser;
"""


def upgrade() -> None:
    """Create what is new."""
    op.execute(TABLES)
    op.execute(BOUNDS)
    op.execute(TRIGGERS)
    for table in NOTICED:
        op.execute(
            f"create trigger stays_unless_noticed before delete on ledger.{table} "
            "for each row execute function ledger.refuse_unless_noticed()"
        )
    for table in FORMER:
        op.execute(
            f"create trigger stays before update or delete on ledger.{table} "
            "for each row execute function ledger.refuse()"
        )
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
