"""Add to schema gateway: what EPCIS queries narrow by, captures, and named queries."""

from alembic import op

revision = "0003"
down_revision = "0002"

TABLES = """
create table gateway.summary (
  record uuid primary key,
  participant uuid not null,
  kind smallint not null,
  type text,
  event_time timestamptz not null,
  received_at bigint not null,
  action text,
  biz_step text,
  disposition text,
  read_point text,
  biz_location text,
  hidden boolean not null
);
create index summary_event_time on gateway.summary (participant, event_time, record);
create index summary_received_at on gateway.summary (participant, received_at, record);
create index summary_declaration on gateway.summary (participant, record) where kind = 4;
create table gateway.term (
  participant uuid not null,
  field text not null check (field in ('type', 'biz_step', 'disposition', 'read_point', 'biz_location')),
  value text not null check (length(value) <= 500),
  primary key (participant, field, value)
);
create table gateway.capture_job (
  id uuid primary key,
  participant uuid not null,
  created timestamptz not null,
  behaviour text not null check (behaviour in ('rollback', 'proceed')),
  events bigint not null,
  submission uuid,
  applications uuid[] not null,
  errors bytea not null
);
create index ix_gateway_capture_job_participant on gateway.capture_job (participant, id);
create table gateway.named_query (
  participant uuid not null,
  name text not null check (length(name) between 1 and 200),
  query jsonb not null,
  created timestamptz not null,
  primary key (participant, name)
);
"""

# What was stored before is narrowed by nothing but its time, as what is concealed is; the events themselves decide.
# Contents that were altered past reading are left out: a migration is no place to find that.
FILL = """
create function pg_temp.body(content bytea) returns jsonb language plpgsql as $$
begin
  return convert_from(content, 'UTF8')::jsonb -> 'body';
exception when others then return null;
end $$;
create function pg_temp.instant(body jsonb, received_at bigint) returns timestamptz language plpgsql as $$
begin
  return coalesce((body ->> 'eventTime')::timestamptz, to_timestamp(received_at / 1000.0));
exception when others then return to_timestamp(received_at / 1000.0);
end $$;
insert into gateway.summary (record, participant, kind, type, event_time, received_at, hidden)
select r.id, s.participant, r.kind, r.body ->> 'type', pg_temp.instant(r.body, s.received_at), s.received_at, true
from (select id, submission, kind, pg_temp.body(content) as body from ledger.record where kind in (1, 2, 3, 4)) as r
join ledger.submission s on s.id = r.submission
where r.body is not null and (r.kind <> 4 or r.body ? 'errorDeclaration');
insert into gateway.term (participant, field, value)
select distinct participant, 'type', type from gateway.summary where kind <> 2 and length(type) <= 500;
"""

GRANTS = """
grant select, insert on gateway.summary, gateway.term, gateway.capture_job to suyuan_intake;
grant select, insert, delete on gateway.named_query to suyuan_intake;
"""


def upgrade() -> None:
    """Create what is new, and sum up what is there."""
    op.execute(TABLES)
    op.execute(FILL)
    op.execute(GRANTS)
