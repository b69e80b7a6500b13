"""Add to schema gateway: the examiner's remarks on what was recorded, and how far it has read."""

from alembic import op

revision = "0004"
down_revision = "0003"

TABLES = """
create table gateway.remark (
  id uuid primary key,
  participant uuid not null,
  record uuid not null,
  submission uuid not null,
  rule text not null,
  place text not null,
  others uuid[] not null,
  at timestamptz not null
);
create index ix_gateway_remark_participant on gateway.remark (participant, id);
create index ix_gateway_remark_submission on gateway.remark (submission);
create table gateway.examined (
  log text primary key,
  next_index bigint not null check (next_index >= 0)
);
"""

GRANTS = """
grant usage on schema gateway, ledger to suyuan_examiner;
grant suyuan_reader to suyuan_examiner;
grant select on ledger.record_key, ledger.sealed to suyuan_examiner;
grant select, insert on gateway.remark to suyuan_examiner;
grant select, insert, update on gateway.examined to suyuan_examiner;
grant select on gateway.remark, gateway.examined to suyuan_intake;
"""


def upgrade() -> None:
    """Create what is new; the ledger's migrations ran before and made suyuan_reader."""
    op.execute(TABLES)
    op.execute(
        "do $$ begin create role suyuan_examiner nologin; "
        "exception when duplicate_object or unique_violation then null; end $$"
    )
    op.execute(GRANTS)
