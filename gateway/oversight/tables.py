"""Schema `gateway`, oversight: what the examiner remarked, and how far it has read the log.

A remark says what did not fit when it was written. It is never changed or taken back: whoever mends the data states so
in a record of its own.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from gateway.accounts.tables import metadata

# Writer: examiner. Nothing that a record conceals stands here: a rule, a place, and which records it is about.
remark = Table(
    "remark",
    metadata,
    Column("id", Uuid, primary_key=True),  # UUIDv7: pages go by it
    Column("participant", Uuid, nullable=False),
    Column("record", Uuid, nullable=False),
    Column("submission", Uuid, nullable=False),
    Column("rule", Text, nullable=False),  # one of `rules.Rule`
    Column("place", Text, nullable=False),  # a JSON Pointer into the event
    Column("others", ARRAY(Uuid), nullable=False),  # the records that it does not fit with
    Column("at", DateTime(timezone=True), nullable=False),
    Index("ix_gateway_remark_participant", "participant", "id"),
    Index("ix_gateway_remark_submission", "submission"),
)

# Writer: examiner. Every submission before this index of the log was examined.
examined = Table(
    "examined",
    metadata,
    Column("log", Text, primary_key=True),
    Column("next_index", BigInteger, nullable=False),
)
