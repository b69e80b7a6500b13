"""A ledger written by hand and anchored for real: what intake, sequencer and anchorer would leave behind."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import cast
from uuid import UUID

from sqlalchemy import Engine, func, insert, select, text
from uuid_utils.compat import uuid7

from indexer.core import (
    canonical,
    checkpoint,
    code,
    event,
    merkle,
    record,
    retraction,
    submission,
    tile,
)
from indexer.core.bundle import Anchor, Block, Bundle, Entry, Logged, Signed
from indexer.core.checkpoint import Checkpoint, Signer
from indexer.core.submission import Approval, Submission, address, log_id, sign
from indexer.core.trust import Endpoint, Log, Trust
from indexer.store import ledger, tables
from tests.contracts.world import LOG_KEY, World

GTIN = "06945000000015"
START = 1_795_000_000
_origins = count()


def happening(serial: str):
    return {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
        "type": "ObjectEvent",
        "eventTime": "2026-11-21T10:00:00Z",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [f"https://id.gs1.org/01/{GTIN}/21/{serial}"],
        "action": "OBSERVE",
        "bizStep": "inspecting",
    }


@dataclass
class Book:
    """One log. `engine` is the superuser's; `due` is what receipts promise, in seconds."""

    engine: Engine
    world: World
    participant: UUID = field(init=False)
    key: bytes = field(init=False)
    origin: str = field(init=False)
    signer: Signer = field(init=False)
    due: int = 2**31
    records: list[UUID] = field(default_factory=list)
    serials: Iterator[int] = field(default_factory=count)

    def __post_init__(self):
        self.origin = f"book{next(_origins)}.example/log"
        parties = (self.world.address("operator"), LOG_KEY, self.world.address("stranger"))
        self.world.hands["admin"].open_log(self.origin, *parties)
        self.signer = Signer(self.origin, secrets.token_bytes(32))
        self.participant, self.key = self.world.new_participant(custodial=True)

    @property
    def log(self) -> bytes:
        return log_id(self.origin)

    def submit(self, number: int = 1, *, key: bytes | None = None, sequence: int | None = None):
        """Store a submission of so many records, and return their ids."""
        made = [
            record.content(
                self.participant,
                1,
                event.SCHEMA,
                happening(str(next(self.serials))),
                secrets.token_bytes(32),
            )
            for _ in range(number)
        ]
        return self._store(self.participant, key or self.key, made, sequence)

    def state(self) -> bytes:
        """Store one event, and return its digest."""
        (one,) = self.submit()
        return self._digest(one)

    def amend(
        self,
        kind: int,
        base: bytes,
        *,
        by: tuple[UUID, bytes] | None = None,
        approval: bytes | None = None,
    ) -> bytes:
        """Store a record that amends another, approved by the account of a private key; return its digest."""
        who, key = by or (self.participant, self.key)
        schema, body = {
            3: (event.SCHEMA, happening(str(next(self.serials)))),
            4: (retraction.WITHDRAWAL, {"reason": "did_not_occur"}),
            5: (retraction.ERASURE, {"scope": "concealed", "basis": "ordered"}),
        }[kind]
        made = record.content(who, kind, schema, body, secrets.token_bytes(32), base)
        (one,) = self._store(who, key, [made])
        digest = self._digest(one)
        if approval:
            signed = sign(Approval(self.log, digest, START).signing_hash(), approval)
            row = {"digest": digest, "at": START, "approver": address(approval)}
            with self.engine.begin() as connection:
                connection.execute(insert(tables.approval), row | {"signature": signed})
        return digest

    def _digest(self, one: UUID) -> bytes:
        query = select(tables.record.c.digest).where(tables.record.c.id == one)
        with self.engine.connect() as connection:
            digest: bytes = connection.execute(query).scalar_one()
        return digest

    def _store(
        self, who: UUID, key: bytes, made: list[canonical.Members], sequence: int | None = None
    ) -> list[UUID]:
        of, ids, number = uuid7(), [uuid7() for _ in made], len(made)
        contents = [canonical.encode(one) for one in made]
        digests = [record.digest(one) for one in made]
        received = (START + next(self.serials)) * 1000
        with self.engine.begin() as connection:
            if sequence is None:
                query = select(func.count()).where(tables.submission.c.key == address(key))
                sequence = connection.execute(query).scalar_one()
            signed = Submission(self.log, who, sequence, number, submission.root(digests))
            connection.execute(
                insert(tables.submission).values(
                    id=of,
                    participant=who,
                    key=address(key),
                    sequence=sequence,
                    count=number,
                    root=signed.root,
                    digests=b"".join(digests),
                    signature=sign(signed.signing_hash(), key),
                    received_at=received,
                    anchor_by=self.due,
                    receipt=bytes(65),
                )
            )
            for position, (one, content) in enumerate(zip(ids, made, strict=True)):
                connection.execute(
                    insert(tables.record).values(
                        id=one,
                        submission=of,
                        position=position,
                        kind=content["kind"],
                        digest=digests[position],
                        content=contents[position],
                    )
                )
                named = [ledger.name(code.canonical(n.code)) for n in event.named(content)]
                for name in [*named, *ledger.others(content)]:
                    connection.execute(
                        insert(tables.naming).values(
                            code=name,
                            record=one,
                            submission=of,
                            position=position,
                            concealed=False,
                        )
                    )
        self.records += ids
        return ids

    def place(self) -> int:
        """Give every submission without a place its leaves, and return the log's size."""
        with self.engine.begin() as connection:
            size = ledger.size(connection)
            waiting = connection.execute(
                text(
                    "select s.id, s.count as records from ledger.submission s left join ledger.placement p"
                    " on p.submission = s.id where p.submission is null order by s.id"
                )
            ).all()
            for row in waiting:
                connection.execute(
                    insert(tables.placement).values(
                        first_index=size, submission=row.id, count=row.records
                    )
                )
                (entry,) = ledger.entries(connection, size, 1)
                leaves = [merkle.leaf_hash(leaf or b"") for leaf in ledger.leaves(entry)]
                for one in tile.appended(size, leaves, ledger.reader(connection)):
                    connection.execute(
                        text(
                            "insert into ledger.tile values (:level, :number, :hashes)"
                            " on conflict (level, number) do update set hashes = excluded.hashes"
                        ),
                        {"level": one.level, "number": one.index, "hashes": one.data},
                    )
                size += len(leaves)
            return size

    def anchor(self) -> int:
        """Put the log's head on the chain, and return its size."""
        with self.engine.connect() as connection:
            size = ledger.size(connection)
            tree = tile.Tree(ledger.reader(connection))
            _, old, _ = self.world.log.functions.head(self.log).call()
            root, proof = tree.root(size), tree.consistency(old, size)
        self.world.send("operator", self.world.anchoring(self.log, size, root, proof))
        return size

    def grow(self, *submissions: int) -> list[UUID]:
        """Submit, place and anchor."""
        ids = [one for number in submissions for one in self.submit(number)]
        self.place()
        self.anchor()
        return ids

    def tamper(self, statement: str, **values: object) -> int:
        """Change rows as somebody who owns the database could: with the refusing triggers off."""
        with self.engine.begin() as connection:
            connection.execute(text("set local session_replication_role = replica"))
            return connection.execute(text(statement), values).rowcount

    def index(self, one: UUID) -> int:
        with self.engine.connect() as connection:
            found: int = connection.execute(
                text(
                    "select p.first_index + 1 + r.position from ledger.record r"
                    " join ledger.placement p on p.submission = r.submission where r.id = :id"
                ),
                {"id": one},
            ).scalar_one()
        return found

    def bundle(self, *wanted: UUID) -> Bundle:
        """Gather the evidence for records under the newest anchor, as a gateway would."""
        number, size, root = self.world.log.functions.head(self.log).call()
        (event_log,) = self.world.log.events.Anchored().get_logs(
            from_block=0, argument_filters={"log": self.log, "number": number}
        )
        block = self.world.hands["admin"].web3.eth.get_block(event_log["blockNumber"])
        anchor = Anchor(
            number=number,
            old_size=event_log["args"]["oldSize"],
            size=size,
            root=root,
            transaction=bytes(event_log["transactionHash"]),
            block=Block(block["number"], bytes(block["hash"]), block["timestamp"]),
        )
        note = checkpoint.format(Checkpoint(self.origin, size, root), [self.signer])
        return Bundle(self.origin, note, anchor, [self._entry(one, size) for one in wanted], [])

    def _entry(self, one: UUID, size: int) -> Entry:
        query = text(
            "select s.*, r.position, r.content as said from ledger.record r"
            " join ledger.submission s on s.id = r.submission where r.id = :id"
        )
        index = self.index(one)
        with self.engine.connect() as connection:
            row = connection.execute(query, {"id": one}).mappings().one()
            path = tile.Tree(ledger.reader(connection)).inclusion(index, size)
        digests = [row["digests"][at : at + 32] for at in range(0, len(row["digests"]), 32)]
        hashes = [merkle.leaf_hash(digest) for digest in digests]
        names = ("participant", "key", "sequence", "count", "root", "signature")
        return Entry(
            id=one,
            content=cast(canonical.Members, canonical.decode(row["said"])),
            disclosures=[],
            submission=Signed(**{name: row[name] for name in names}),
            position=row["position"],
            submission_path=merkle.inclusion(row["position"], hashes),
            received_at=row["received_at"],
            logged=Logged(index, path),
        )

    def trust(self, *rpc: Endpoint) -> Trust:
        where = self.world.deployment
        return Trust(
            chain_id=where.chain_id,
            genesis=where.genesis,
            trace_log=where.trace_log,
            participants=where.participants,
            logs=[Log(self.origin, self.signer.verifier, "gateway")],
            finality="immediate",
            witnesses=[],
            rpc=list(rpc),
        )
