"""What the gateway's tests build on: a participant with its keys, events, and bodies that carry them."""

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from gateway.accounts import desk
from gateway.accounts.desk import Caller
from gateway.draft import Limits
from gateway.intake import Answer, Intake, receive
from gateway.vault import Vault
from indexer.core import canonical, submission
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
    items = [{"event": one, **({"kind": 2} if one["type"] == "Product" else {})} for one in events]
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
