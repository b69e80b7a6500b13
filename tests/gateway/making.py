"""What the gateway's tests build on: a participant with its keys, events, and bodies that carry them."""

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, func, select

from gateway.accounts import desk
from gateway.accounts.desk import Caller
from gateway.accounts.tables import participant
from gateway.answers import Answer
from gateway.draft import Limits
from gateway.enterprise.signing import Given, Signer
from gateway.intake import Intake, receive
from gateway.vault import Vault
from indexer.core import canonical, masterdata, submission
from indexer.core.record import Kind
from indexer.store import tables
from indexer.store.engine import async_engine, engine

ORIGIN = "test.example/log"
NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
CODES = ("91440605MACX7R1K0J", "91440101MALR5N2P7G", "91440300MAAJ8T3Q77")
GTIN = "06945000000015"


def event(serial: str = "1", /, **members: Any) -> dict[str, Any]:
    return {
        "@context": [
            "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
            {"suyuan": "https://suyuan.example/voc/"},
        ],
        "type": "ObjectEvent",
        "eventTime": "2026-11-21T10:00:00Z",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [f"https://id.gs1.org/01/{GTIN}/21/{serial}"],
        "action": "OBSERVE",
        "bizStep": "inspecting",
        **members,
    }


def product(**members: Any) -> dict[str, Any]:
    return {
        "type": "Product",
        "gtin": GTIN,
        "name": {"zh": "燃气热水器"},
        "model": "JSQ30-16X",
        "category": "water_heater",
        "servicePhone": "400-000-0694",
        **members,
    }


def body(*events: dict[str, Any], **members: Any) -> bytes:
    items = [{"event": one, **({"kind": 2} if masterdata.of(one) else {})} for one in events]
    return canonical.encode({"items": items, **members})


@dataclass
class Desk:
    """An intake over a database, with participants admitted by the administrator's own login."""

    database: Any
    vault: Vault = field(default_factory=lambda: Vault(secrets.token_bytes(32)))
    receipt_key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    limits: Limits = field(default_factory=lambda: Limits(items=1000, record_bytes=64 << 10))

    def __post_init__(self):
        self.intake = Intake(
            log=submission.log_id(ORIGIN),
            vault=self.vault,
            receipt_key=self.receipt_key,
            limits=self.limits,
            deadline=timedelta(seconds=600),
            tolerance=timedelta(seconds=30),
        )

    def engine(self, role: str) -> Engine:
        return engine(self.database.url(role))

    def admit(self, number: int = 0, name: str = "佛山市禅溪热能科技有限公司") -> desk.Admission:
        admin = self.engine("admin")
        with admin.begin() as connection:
            admitted = desk.admit(connection, self.vault, name, CODES[number], NOW)
        admin.dispose()
        return admitted

    def own(self, number: int = 1, private_key: bytes | None = None) -> Signer:
        """Admit a participant that signs for itself, here and in the register as the follower would have read it."""
        signer = Signer(self.intake.log, uuid4(), private_key or secrets.token_bytes(32))
        admin = self.engine("admin")
        with admin.begin() as connection:
            row = {"id": signer.participant, "name": "广州岭顺供应链管理有限公司"}
            connection.execute(
                participant.insert(), {**row, "credit_code": CODES[number], "created": NOW}
            )
        admin.dispose()
        self.register("Admitted", signer.participant, name="广州岭顺供应链管理有限公司")
        self.register("KeyAdded", signer.participant, signer.private_key, custodial=False)
        return signer

    def register(
        self, event: str, who: UUID, private_key: bytes | None = None, **more: Any
    ) -> None:
        """Let the follower have read an event of the register, in a block of its own."""
        node = self.engine("node")
        with node.begin() as connection:
            found = select(func.coalesce(func.max(tables.block.c.number), 0) + 1)
            number: int = connection.execute(found).scalar_one()
            block = {"number": number, "hash": sha256(b"%d" % number).digest(), "parent": bytes(32)}
            connection.execute(tables.block.insert(), {**block, "timestamp": 0})
            self._final(connection, number, block["hash"])
            row = {"block_number": number, "log_index": 0, "event": event, "participant": who}
            key = submission.address(private_key) if private_key else None
            connection.execute(tables.registration.insert(), {**row, "key": key, **more})
        node.dispose()

    @staticmethod
    def _final(connection: Connection, number: int, block: object) -> None:
        at = {"tip_number": number, "tip_hash": block, "final_number": number, "final_hash": block}
        if not connection.execute(tables.cursor.update().values(at)).rowcount:
            whole = {"trace_log": b"\x22" * 20, "participants": b"\x33" * 20, "chain_id": 31337}
            more = {"genesis": b"\x11" * 32, "version": 1}
            connection.execute(tables.cursor.insert(), at | whole | more)

    def submit(
        self, participant: UUID, sent: bytes, key: str | None = None, now: datetime = NOW
    ) -> Answer:
        return self.submit_all([(participant, sent, key)], now)[0]

    def submit_all(self, requests, now: datetime = NOW) -> list[Answer]:
        """Send many at the same moment, each over a connection and in a transaction of its own."""

        async def one(web, participant, sent, key):
            async with web.begin() as connection:
                return await receive(connection, self.intake, Caller(participant), sent, key, now)

        async def run():
            web = async_engine(self.database.url("web"), connections=20)
            try:
                return await asyncio.gather(*(one(web, *request) for request in requests))
            finally:
                await web.dispose()

        return asyncio.run(run())


def said(answer: Answer) -> Any:
    return canonical.decode(answer.body)


def signed(signer: Signer, sequence: int, *events: dict[str, Any]) -> bytes:
    """Sign events as their enterprise does; the body it sends."""
    kinds = [Kind.MASTER_DATA if masterdata.of(one) else Kind.EVENT for one in events]
    given = [Given("", one, kind) for one, kind in zip(events, kinds, strict=True)]
    return signer.sign(sequence, [signer.ready(one) for one in given]).body
