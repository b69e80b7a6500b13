"""Schema `ledger`: what was stated, where it stands in the log, what the chain said, what does not fit.

Each table has one writer, named at its head and held to it by PostgreSQL grants (migrations/). Rows of `submission`,
`record`, `placement`, `checkpoint` and `approval` are never updated or deleted, a tile only ever grows, and of the
rest only what was concealed is erased, upon an anchored notice: triggers refuse anything else. There are no status
columns; progress.py derives every state by joining. Tables of chains that are gone are in former.py.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(schema="ledger")

# Writer: intake, and the sequencer where it fills a restored store again from the log's files: then our promise and
# its receipt are lost, and null. One signed statement of a participant; the receipt is ours.
submission = Table(
    "submission",
    metadata,
    Column("id", Uuid, primary_key=True),  # UUIDv7, a handle and no evidence
    Column("participant", Uuid, nullable=False),
    Column("key", LargeBinary, nullable=False),  # 20-byte address
    Column("sequence", BigInteger, nullable=False),  # per key, gap-free from 0
    Column("count", Integer, nullable=False),
    Column("root", LargeBinary, nullable=False),  # of the record digests
    Column("digests", LargeBinary, nullable=False),  # 32 bytes a record, in order: what was signed
    Column("signature", LargeBinary, nullable=False),  # 65 bytes, EIP-712 Submission
    Column("received_at", BigInteger, nullable=False),  # ms since 1970, as hashed into the leaves
    Column("anchor_by", BigInteger),  # s since 1970, promised by the receipt
    Column("receipt", LargeBinary),  # 65 bytes, EIP-712 Receipt
    UniqueConstraint("key", "sequence", name="submission_key_sequence"),
    Index("submission_refilled", "id", postgresql_where=text("receipt is null")),
)

# Writer: intake. One thing stated; `content` is the canonical bytes that were hashed.
record = Table(
    "record",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("submission", Uuid, nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
    UniqueConstraint("submission", "position", name="record_submission_position"),
    Index("record_digest", text("substr(digest, 1, 8)")),
    Index("record_erasure", "id", postgresql_where=text("kind = 5")),
)

# Writer: intake; the eraser deletes. Wrapped under the gateway's vault key.
record_key = Table(
    "record_key",
    metadata,
    Column("record", Uuid, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)

# Writer: intake; the eraser deletes. The disclosures of a record's concealed values, sealed under its record key.
sealed = Table(
    "sealed",
    metadata,
    Column("record", Uuid, primary_key=True),
    Column("disclosures", LargeBinary, nullable=False),
)

# Writer: intake; the eraser deletes concealed names. Which records name which code: 16 bytes of SHA-256 of the
# canonical code, or of an HMAC under a gateway-wide key where the code is concealed in the record.
naming = Table(
    "naming",
    metadata,
    Column("code", LargeBinary, nullable=False),
    Column("record", Uuid, nullable=False),
    Column(
        "submission", Uuid, nullable=False
    ),  # with position: where a record that is gone had stood
    Column("position", Integer, nullable=False),
    Column("concealed", Boolean, nullable=False),
    PrimaryKeyConstraint("code", "record", name="naming_pkey"),
    Index("naming_record", "record"),
)

# Writer: returns. The operator's signed word that a correction or withdrawal may enter the log.
approval = Table(
    "approval",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # of the amending record
    Column("at", BigInteger, nullable=False),  # s since 1970, as signed
    Column("approver", LargeBinary, nullable=False),  # 20-byte address
    Column("signature", LargeBinary, nullable=False),  # 65 bytes, EIP-712 Approval
)

# Writer: sequencer. A submission's leaf stands at first_index, its records' leaves follow.
placement = Table(
    "placement",
    metadata,
    Column("first_index", BigInteger, primary_key=True),
    Column("submission", Uuid, nullable=False, unique=True),
    Column("count", Integer, nullable=False),  # of records; leaves are count + 1
)

# Writer: sequencer. C2SP tlog-tiles, the tree's authoritative hashes; a tile only ever grows.
tile = Table(
    "tile",
    metadata,
    Column("level", SmallInteger, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("hashes", LargeBinary, nullable=False),  # 1 to 256 hashes of 32 bytes
    PrimaryKeyConstraint("level", "number", name="tile_pkey"),
)

# Writer: loop. Who leads; a loop whose epoch is not this one may write nothing.
leader = Table(
    "leader",
    metadata,
    Column("origin", Text, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Column(
        "instance", Text, nullable=False, server_default=""
    ),  # its connections' application name
    Column("seen", DateTime(timezone=True)),  # its pulse: a leader whose pulse stops is ended
)

# Writer: anchorer. Every transaction it ever signed, stored before it was sent.
tx = Table(
    "tx",
    metadata,
    Column("signer", LargeBinary, nullable=False),
    Column("nonce", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("size", BigInteger),  # log size it anchors; null for a no-op that fills a nonce
    Column("root", LargeBinary),
    Column("raw", LargeBinary, nullable=False),
    Column("created", DateTime(timezone=True), nullable=False),
    Column("sent", DateTime(timezone=True)),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("outcome", Text),  # null while live; mined, reverted or replaced
    PrimaryKeyConstraint("signer", "nonce", name="tx_pkey"),
)

# Writer: anchorer. Signed only for a size whose anchor is final.
checkpoint = Table(
    "checkpoint",
    metadata,
    Column("size", BigInteger, primary_key=True),
    Column("root", LargeBinary, nullable=False),
    Column("note", Text, nullable=False),
)

# Writer: follower. Headers above the final block, and those below it that carry anchors.
block = Table(
    "block",
    metadata,
    Column("number", BigInteger, primary_key=True),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("parent", LargeBinary, nullable=False),
    Column("timestamp", BigInteger, nullable=False),  # s since 1970
)

# Writer: follower.
anchor = Table(
    "anchor",
    metadata,
    Column("log", LargeBinary, nullable=False),  # keccak256(origin)
    Column("number", BigInteger, nullable=False),  # 1, 2, 3 … per log: a gap is visible
    Column("old_size", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column(
        "block_number",
        BigInteger,
        ForeignKey("ledger.block.number", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("log_index", Integer, nullable=False),
    Column("tx_hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("log", "number", name="anchor_pkey"),
    UniqueConstraint("log", "size", name="anchor_log_size"),
)

# Writer: follower. Every event of Participants, as it stands on chain.
registration = Table(
    "registration",
    metadata,
    Column(
        "block_number",
        BigInteger,
        ForeignKey("ledger.block.number", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("log_index", Integer, nullable=False),
    Column("event", Text, nullable=False),
    Column("participant", Uuid, nullable=False, index=True),
    Column("key", LargeBinary, index=True),
    Column("name", Text),
    Column("credit_code", Text),
    Column("custodial", Boolean),
    Column("next_sequence", BigInteger),
    Column("ready_at", BigInteger),  # s since 1970: when a recovery may be completed
    PrimaryKeyConstraint("block_number", "log_index", name="registration_pkey"),
)

# Writer: follower. Every act of an administrator: roles granted and revoked, logs opened, rotated and closed.
administration = Table(
    "administration",
    metadata,
    Column(
        "block_number",
        BigInteger,
        ForeignKey("ledger.block.number", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("log_index", Integer, nullable=False),
    Column("contract", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("facts", JSONB, nullable=False),  # the event's fields, bytes in hex
    PrimaryKeyConstraint("block_number", "log_index", name="administration_pkey"),
)

# Writer: follower. Which chain this is and how far it was read.
cursor = Table(
    "cursor",
    metadata,
    Column("trace_log", LargeBinary, primary_key=True),  # 20-byte address
    Column("participants", LargeBinary, nullable=False),
    Column("chain_id", BigInteger, nullable=False),
    Column("genesis", LargeBinary, nullable=False),
    Column("tip_number", BigInteger, nullable=False),
    Column("tip_hash", LargeBinary, nullable=False),
    Column("final_number", BigInteger, nullable=False),
    Column("final_hash", LargeBinary, nullable=False),
    Column("version", BigInteger, nullable=False),
)

# Writer: reconciler. What does not fit, the smallest range it concerns; cleared when it fits again.
finding = Table(
    "finding",
    metadata,
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),  # what it is about: record, leaf range, anchor, chain
    Column("first_index", BigInteger),
    Column("last_index", BigInteger),
    Column("record", Uuid),
    Column("facts", JSONB, nullable=False),
    Column("first_seen", DateTime(timezone=True), nullable=False),
    Column("last_seen", DateTime(timezone=True), nullable=False),
    Column("cleared", DateTime(timezone=True)),
    Column("acknowledged", DateTime(timezone=True)),  # somebody looked at it and found it in order
    PrimaryKeyConstraint("kind", "subject", name="finding_pkey"),
)
