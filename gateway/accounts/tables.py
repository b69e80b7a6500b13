"""Schema `gateway`, accounts: who may submit, by which API key, and who signs for them.

Writer: accounts (the operator's desk and command line), but for `refusal`, which is the registrar's, and
`idempotency`, which is intake's.
"""

from pathlib import Path

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

MIGRATIONS = Path(__file__).parent / "migrations"

metadata = MetaData(schema="gateway")

# Writer: accounts. What the operator knows of a participant; names shown to consumers come from the chain.
participant = Table(
    "participant",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("credit_code", Text, nullable=False, unique=True),  # USCC, GB 32100
    Column("created", DateTime(timezone=True), nullable=False),
)

# Writer: accounts. Only the SHA-256 of a key is kept: it has 256 random bits of its own.
api_key = Table(
    "api_key",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("participant", Uuid, ForeignKey("gateway.participant.id"), nullable=False, index=True),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("created", DateTime(timezone=True), nullable=False),
    Column("revoked", DateTime(timezone=True)),
    Column("role", Text, nullable=False, server_default="participant"),  # or operator
)

# Writer: accounts. A signing key held for a participant without one of its own, sealed by the vault.
custodial_key = Table(
    "custodial_key",
    metadata,
    Column("participant", Uuid, ForeignKey("gateway.participant.id"), primary_key=True),
    Column("address", LargeBinary, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
)

# Writer: accounts. A custodial key that ended, where intake cannot read it: should the log ever go on on another chain,
# only this key can show the new register that what it once signed was signed for its participant.
retired_key = Table(
    "retired_key",
    metadata,
    Column("participant", Uuid, ForeignKey("gateway.participant.id"), nullable=False, index=True),
    Column("address", LargeBinary, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

# Writer: accounts. What is to happen to a participant on chain; the loop's registrar sends it. Whether it happened is
# told by the follower's registrations, or by a refusal.
decision = Table(
    "decision",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("act", Text, nullable=False),  # one of `rules.EVENTS`
    Column("participant", Uuid, ForeignKey("gateway.participant.id"), nullable=False),
    Column("key", LargeBinary),  # 20-byte address, for acts on a key
    Column("facts", JSONB, nullable=False),  # the call's other arguments, bytes in hex
    Column("created", DateTime(timezone=True), nullable=False),
)

# Writer: registrar. A decision that the contract refused, in its own words.
refusal = Table(
    "refusal",
    metadata,
    Column("decision", Uuid, ForeignKey("gateway.decision.id"), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

# Writer: intake. The same key and body answer as before.
idempotency = Table(
    "idempotency",
    metadata,
    Column("participant", Uuid, nullable=False),
    Column("key", Text, nullable=False),
    Column("body_hash", LargeBinary, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("created", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("participant", "key", name="idempotency_pkey"),
)
