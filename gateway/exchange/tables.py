"""Schema `gateway`, exchange: what queries narrow by, what became of captures, and queries that have a name.

`summary` and `term` only narrow: whether an event answers a query is told by the event itself, so a row that is too
coarse costs time and never an answer. Nothing that a record conceals stands in them; what was concealed is a null in a
row that says so (`hidden`).
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from gateway.accounts.tables import metadata

# Writer: intake, in the statement that stores the record. One row for each event of kinds 1, 3 and 4 (an error
# declaration) and for master data; words and codes in their normalised spelling.
summary = Table(
    "summary",
    metadata,
    Column("record", Uuid, primary_key=True),
    Column("participant", Uuid, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("type", Text),
    Column("event_time", DateTime(timezone=True), nullable=False),  # reception where it is hidden
    Column("received_at", BigInteger, nullable=False),  # ms since 1970, of the submission
    Column("action", Text),
    Column("biz_step", Text),
    Column("disposition", Text),
    Column("read_point", Text),
    Column("biz_location", Text),
    Column("hidden", Boolean, nullable=False),
    Index("summary_event_time", "participant", "event_time", "record"),
    Index("summary_received_at", "participant", "received_at", "record"),
    Index("summary_declaration", "participant", "record", postgresql_where=text("kind = 4")),
)

# Writer: intake. Which words and places a participant's events use; a list that stays short however many events.
term = Table(
    "term",
    metadata,
    Column("participant", Uuid, nullable=False),
    Column("field", Text, nullable=False),  # a column of summary
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("participant", "field", "value", name="term_pkey"),
)

# Writer: intake. A capture and what came of it at once; whether its declarations still wait is told by their reviews.
capture_job = Table(
    "capture_job",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("participant", Uuid, nullable=False),
    Column("created", DateTime(timezone=True), nullable=False),
    Column("behaviour", Text, nullable=False),  # rollback or proceed
    Column("events", BigInteger, nullable=False),  # how many came
    Column("submission", Uuid),  # of what was stored at once
    Column("applications", ARRAY(Uuid), nullable=False),  # of what waits for a review
    Column("errors", LargeBinary, nullable=False),  # canonical JSON, problems as they were told
    Index("ix_gateway_capture_job_participant", "participant", "id"),
)

# Writer: intake.
named_query = Table(
    "named_query",
    metadata,
    Column("participant", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("query", JSONB, nullable=False),
    Column("created", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("participant", "name", name="named_query_pkey"),
)
