"""Add to schema gateway: the operator's decisions on participants, and applications to amend with their reviews."""

from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = """
alter table gateway.api_key add column role text not null default 'participant'
  check (role in ('participant', 'operator'));

create table gateway.retired_key (
  participant uuid not null references gateway.participant (id),
  address bytea primary key check (length(address) = 20),
  sealed bytea not null
);
create index ix_gateway_retired_key_participant on gateway.retired_key (participant);

create table gateway.decision (
  id uuid primary key,
  act text not null check (act in ('admit', 'add_key', 'revoke', 'suspend', 'reinstate',
                                   'request_recovery', 'cancel_recovery', 'complete_recovery')),
  participant uuid not null references gateway.participant (id),
  key bytea check (length(key) = 20),
  facts jsonb not null,
  created timestamptz not null
);
create table gateway.refusal (
  decision uuid primary key references gateway.decision (id),
  reason text not null,
  at timestamptz not null
);

create table gateway.application (
  id uuid primary key,
  participant uuid not null references gateway.participant (id),
  kind smallint not null check (kind in (3, 4, 5)),
  base bytea not null check (length(base) = 32),
  base_record uuid not null,
  digest bytea not null unique check (length(digest) = 32),
  content bytea not null,
  sealed bytea not null,
  created timestamptz not null
);
create index ix_gateway_application_participant on gateway.application (participant);
create table gateway.review (
  application uuid primary key references gateway.application (id),
  approved boolean not null,
  reason text not null,
  reviewer uuid not null references gateway.participant (id),
  at timestamptz not null
);
"""

GRANTS = """
grant delete on gateway.custodial_key to suyuan_accounts;
grant select, insert on gateway.retired_key to suyuan_accounts;
grant select, insert on gateway.decision to suyuan_accounts;
grant select on gateway.refusal to suyuan_accounts;
grant usage on schema gateway to suyuan_registrar, suyuan_returns;
grant select on gateway.decision, gateway.participant to suyuan_registrar;
grant select, insert on gateway.refusal to suyuan_registrar;
grant select, insert, update (sealed) on gateway.application to suyuan_intake;
grant select on gateway.review to suyuan_intake;
grant select on gateway.application to suyuan_returns;
grant select, insert on gateway.review to suyuan_returns;
grant suyuan_reader to suyuan_accounts, suyuan_registrar;
"""


def upgrade() -> None:
    """Create what is new; the ledger's migrations ran before and made suyuan_reader and suyuan_returns."""
    op.execute(TABLES)
    op.execute(
        "do $$ begin create role suyuan_registrar nologin; "
        "exception when duplicate_object or unique_violation then null; end $$"
    )
    op.execute(GRANTS)
