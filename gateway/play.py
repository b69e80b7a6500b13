"""The demo's hand: admits enterprises, sends a product's life over HTTP, corrects and erases, tampers with the store.

Sending goes the way every enterprise goes, and so do correction, review and erasure. Tampering goes past everything, as
the database's superuser with triggers off: that is the attack which pages and `suyuan-node reconcile` must catch. What
happened is told on the terminal and written to demo.json for programs.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import psycopg

from gateway import actors, demo, supply
from gateway.actors import Actor
from gateway.coding import labels
from gateway.enterprise.sending import Gateway
from gateway.machine import Machine
from gateway.settings import read_key
from gateway.up import Addresses, NotReadyError
from indexer.core import record
from indexer.core.canonical import Members
from indexer.core.submission import Approval, keccak, log_id, sign

Say = Callable[[str], None]
FINAL_WITHIN = 60.0
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0, 1, I, O: people read serials aloud


@dataclass
class Unit:
    """One appliance of the demo and what was done to its history."""

    serial: str
    tampered: str = "nothing"
    record: str | None = None
    amended: bool = False

    @property
    def code(self) -> str:
        """Its canonical code."""
        return demo.epc(self.serial)

    @property
    def path(self) -> str:
        """Its Digital Link's path."""
        return f"/01/{demo.GTIN}/21/{self.serial}"


@dataclass
class Play:
    """What was played: who took part, which units, which records by unit and step."""

    actors: dict[str, Actor] = field(default_factory=dict)
    units: list[Unit] = field(default_factory=list)
    records: list[str] = field(default_factory=list)


def play(machine: Machine, where: Addresses, say: Say, now: datetime) -> str:
    """Play it all and tell what there is to look at."""
    played = Play(units=[Unit(serial()) for _ in range(4)])
    say("admitting four enterprises, two with keys of their own, and the operator itself")
    taking_part = (*demo.ENTERPRISES, demo.SUPPLIER, demo.OPERATOR)
    played.actors = actors.admit(machine, taking_part, demo.OWN_KEYS, now)
    say("sending four water heaters' lives: valves, assembly, cases on a pallet, sold, installed")
    _send(machine, where, played, now)
    say("correcting a sale upon the operator's review, erasing a customer's address")
    last = _amend(machine, where, played, now)
    say("waiting until everything is anchored and final")
    _await_final(where, played, last)
    say("tampering as the database's superuser: one record altered, one deleted")
    tamper(machine, where, played)
    target = (machine.folder if machine.lasting else machine.folder.parent) / "demo.json"
    target.write_bytes(_facts(machine, where, played))
    target.chmod(0o600)
    return _told(machine, where, played, target)


def serial() -> str:
    """Draw the serial number of one appliance."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(10))


def _send(machine: Machine, where: Addresses, played: Play, now: datetime) -> None:
    serials = [unit.serial for unit in played.units]
    for step in supply.story(serials, now):
        said = played.actors[step.who.name].state(machine, where.gateway, step.items)
        played.records += [record["id"] for record in said["records"]]


def _amend(machine: Machine, where: Addresses, played: Play, now: datetime) -> str:
    """Correct the last unit's sale and erase what its installation concealed; return the shop's last submission."""
    unit, shop = played.units[-1], played.actors[demo.SHOP.name]
    unit.amended = True
    sale = _record(where, unit, "retail_selling", shop)
    corrected = sale["event"] | {"suyuan:region": "东莞市"}
    item = {"kind": 3, "amends": _digest(sale), "event": corrected}
    shop.state(machine, where.gateway, [item])
    secret = actors.reviewer(machine, played.actors[demo.OPERATOR.name], now)
    with Gateway(where.gateway, secret) as desk:
        for application in desk.applications(waiting=True):
            _approve(machine, desk, application["id"], now)
    shop.submit(machine, where.gateway, [])
    installed = _record(where, unit, "installing", shop)
    notice = {"scope": "concealed", "basis": "consent_withdrawn"}
    erased = {"kind": 5, "amends": _digest(installed), "event": notice}
    said = shop.state(machine, where.gateway, [erased])
    return str(said["submission"])


def _approve(machine: Machine, desk: Gateway, application: str, now: datetime) -> None:
    shown = desk.application(UUID(application))
    at = int(now.timestamp())
    consent = Approval(log_id(machine.origin), record.digest(shown["content"]), at)
    signature = sign(consent.signing_hash(), read_key(machine.keys / "operator.key")).hex()
    given: Members = {"reason": "与销售单据核对无误", "at": at, "signature": signature}
    desk.review(UUID(application), given)


def _await_final(where: Addresses, played: Play, submission: str) -> None:
    headers = played.actors[demo.SHOP.name].headers
    url = f"{where.gateway}/api/v1/submissions/{submission}"
    end = time.monotonic() + FINAL_WITHIN
    while time.monotonic() < end:
        answer = httpx.get(url, headers=headers).raise_for_status()
        if answer.json()["state"] == "final":
            return
        time.sleep(0.2)
    raise NotReadyError(name="the loop", url=url, seconds=FINAL_WITHIN, tail="see loop.log")


def tamper(machine: Machine, where: Addresses, played: Play) -> None:
    """Alter the second unit's inspection, delete the third unit's installation."""
    _, altered, deleted, _ = played.units
    altered.tampered, altered.record = "altered", _record(where, altered, "inspecting")["id"]
    deleted.tampered, deleted.record = "deleted", _record(where, deleted, "installing")["id"]
    url = machine.database_url("superuser").replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(url) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(
            "update ledger.record set content = convert_to("
            "replace(convert_from(content, 'UTF8'), '230', '130'), 'UTF8') where id = %s",
            [altered.record],
        )
        connection.execute("delete from ledger.record where id = %s", [deleted.record])


def _record(where: Addresses, unit: Unit, step: str, reader: Actor | None = None) -> dict[str, Any]:
    """Find what was recorded of a unit at a step, as anybody or as its own enterprise sees it."""
    headers = reader.headers if reader else {}
    answer = httpx.get(f"{where.gateway}/api/v1/trace/{unit.code}", headers=headers, timeout=30)
    for found in answer.raise_for_status().json()["records"]:
        # What it was made of was inspected too.
        stated = found["event"]
        if stated.get("bizStep") == step and unit.code in stated.get("epcList", []):
            return dict(found)
    raise LookupError(step)


def _digest(shown: dict[str, Any]) -> str:
    return record.digest(shown["content"]).hex()


def _facts(machine: Machine, where: Addresses, played: Play) -> bytes:
    deployment = machine.deployment
    facts: dict[str, Any] = {
        "gateway": where.gateway,
        "node": where.node,
        "database": {
            role: machine.database_url(role)
            for role in ("superuser", "web", "loop", "node", "admin")
        },
        "chain": {
            "rpc": machine.devnet.url,
            "id": deployment.chain_id,
            "genesis": deployment.genesis.hex(),
            "traceLog": deployment.trace_log.hex(),
            "participants": deployment.participants.hex(),
        },
        "log": {
            "origin": machine.origin,
            "id": keccak(machine.origin.encode()).hex(),
            "key": machine.log_verifier,
            "receiptKey": machine.receipt_address.hex(),
        },
        "trust": str(machine.folder / "trust.json"),
        "keys": str(machine.keys),
        "participants": [
            {
                "id": str(one.id),
                "name": name,
                "key": one.address.hex(),
                "custodial": one.folder is None,
                "apiKey": one.api_key,
                "settings": str(actors.note(one, where.gateway) or "") or None,
            }
            for name, one in played.actors.items()
        ],
        "product": demo.GTIN,
        "recalled": {
            "code": supply.lot(supply.RECALLED),
            "url": f"{where.gateway}/trace{supply.RECALL_PATH}",
        },
        "units": [
            {
                "code": unit.code,
                "url": where.gateway + unit.path,
                "label": f"{where.gateway}/api/v1/labels/{unit.code}.svg",
                "tampered": unit.tampered,
                "amended": unit.amended,
                "record": unit.record,
            }
            for unit in played.units
        ],
        "records": played.records,
    }
    return msgspec.json.format(msgspec.json.encode(facts))


def _told(machine: Machine, where: Addresses, played: Play, facts: Path) -> str:
    meaning = {
        "nothing": "历史完好 · an untouched history",
        "altered": "一条检验记录在数据库中被篡改 · one inspection record altered in the database",
        "deleted": "一条安装记录在数据库中被删除 · one installation record deleted from the database",
    }
    amended = (
        "一条销售记录经审核更正，一个地址依法删除 · a sale corrected upon review, an address erased"
    )
    drawn = [
        f"{amended if unit.amended else meaning[unit.tampered]}\n{where.gateway}{unit.path}\n"
        + labels.drawn(where.gateway + unit.path)
        for unit in played.units
    ]
    there = f"""consumer's page   {where.gateway}{played.units[0].path}
where it is from  {where.gateway}/trace{played.units[0].path}
a recalled lot    {where.gateway}/trace{supply.RECALL_PATH}
regulator's node  {where.node}/        the same verifier: {where.node}/verify
API               {where.gateway}/docs
for programs      {facts} (holds the API keys)

find what was tampered with, in another terminal:
  set -a; . {machine.folder / "node.env"}; set +a; .venv/bin/suyuan-node reconcile
"""
    return "\n".join(["", *drawn, there])
