"""Index master data under whose they are and what they describe, those stored before included."""

from alembic import op

revision = "0003"
down_revision = "0002"

# Products were the only master data until now. A name is 16 bytes of SHA-256, as ledger.described and describing make.
# What does not read as JSON was altered: it is a finding already, and no reason to stop here.
INDEXED = """
do $$
declare
  old record;
  said jsonb;
begin
  for old in select id, submission, position, content from ledger.record where kind in (2, 3) loop
    begin
      said := convert_from(old.content, 'UTF8')::jsonb;
    exception when data_exception then
      continue;
    end;
    insert into ledger.naming (code, record, submission, position, concealed)
    select substr(sha256(convert_to(named.text, 'UTF8')), 1, 16), old.id, old.submission, old.position, false
    from (values
      ('master ' || (said ->> 'participant') || ' Product'),
      ('master https://id.gs1.org/01/' || (said #>> '{body,gtin}'))
    ) as named (text)
    where said #>> '{body,type}' = 'Product' and named.text is not null
    on conflict do nothing;
  end loop;
end $$
"""


def upgrade() -> None:
    """Write the names that a newer intake writes by itself."""
    op.execute(INDEXED)
