"""Schema `gateway`, returns: applications to amend or withdraw a record, and what became of them.

Nothing here changes a record: an approved application becomes a record of its own, which names the old one. Whether it
has become one is told by the ledger, so there is no status column.
"""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
)

from gateway.accounts.tables import metadata

# Writer: intake. What a participant wants to state about an earlier record of its own, final in all that is hashed.
application = Table(
    "application",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("participant", Uuid, ForeignKey("gateway.participant.id"), nullable=False, index=True),
    Column("kind", SmallInteger, nullable=False),  # 3 amendment, 4 withdrawal, 5 erasure
    Column("base", LargeBinary, nullable=False),  # digest of the record it amends
    Column("base_record", Uuid, nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),  # of the record it would become
    Column("content", LargeBinary, nullable=False),  # canonical, as it would be hashed
    # Record key and disclosures under the vault, where the platform is to sign; empty after the review.
    Column("sealed", LargeBinary, nullable=False),
    Column("created", DateTime(timezone=True), nullable=False),
)

# Writer: returns. The operator's answer, given once; never by the applicant.
review = Table(
    "review",
    metadata,
    Column("application", Uuid, ForeignKey("gateway.application.id"), primary_key=True),
    Column("approved", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("reviewer", Uuid, ForeignKey("gateway.participant.id"), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
