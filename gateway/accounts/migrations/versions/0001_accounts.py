"""Create schema gateway with its accounts and the role that writes them."""

from alembic import op

revision = "0001"
down_revision = None

TABLES = """
create schema gateway;

create table gateway.participant (
  id uuid primary key,
  name text not null,
  credit_code text not null unique,
  created timestamptz not null
);
create table gateway.api_key (
  id uuid primary key,
  participant uuid not null references gateway.participant (id),
  hash bytea not null unique check (length(hash) = 32),
  created timestamptz not null,
  revoked timestamptz
);
create index ix_gateway_api_key_participant on gateway.api_key (participant);
create table gateway.custodial_key (
  participant uuid primary key references gateway.participant (id),
  address bytea not null unique check (length(address) = 20),
  sealed bytea not null
);
create table gateway.idempotency (
  participant uuid not null,
  key text not null,
  body_hash bytea not null check (length(body_hash) = 32),
  status smallint not null,
  answer bytea not null,
  created timestamptz not null,
  primary key (participant, key)
);
"""

GRANTS = """
grant usage on schema gateway to suyuan_accounts, suyuan_intake;
grant select, insert on gateway.participant, gateway.custodial_key to suyuan_accounts;
grant select, insert, update on gateway.api_key to suyuan_accounts;
grant select on gateway.participant, gateway.api_key, gateway.custodial_key to suyuan_intake;
grant select, insert on gateway.idempotency to suyuan_intake;
grant select on public.suyuan_gateway_version to suyuan_accounts, suyuan_intake;
"""


def upgrade() -> None:
    """Create everything; the ledger's migrations ran before and made suyuan_intake."""
    op.execute(TABLES)
    op.execute(
        "do $$ begin create role suyuan_accounts nologin; "
        "exception when duplicate_object or unique_violation then null; end $$"
    )
    op.execute(GRANTS)
