"""The demo's hand: admits three enterprises, sends a product's life over HTTP, then tampers with the store.

Sending goes the way every enterprise goes. Tampering goes past everything, as the database's superuser with triggers
off: that is the attack which pages and `suyuan-node reconcile` must catch. What happened is told on the terminal and
written to demo.json for programs.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psycopg

from gateway import demo
from gateway.admission import Admitted, admitted, enter
from gateway.coding import labels
from gateway.machine import Machine
from gateway.up import Addresses, NotReadyError
from gateway.vault import Vault
from indexer.core.submission import keccak
from indexer.store.engine import engine

Say = Callable[[str], None]
FINAL_WITHIN = 60.0
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0, 1, I, O: people read serials aloud


@dataclass
class Unit:
    """One appliance of the demo and what was done to its history."""

    serial: str
    tampered: str = "nothing"
    record: str | None = None

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

    participants: dict[str, Admitted] = field(default_factory=dict)
    units: list[Unit] = field(default_factory=list)
    records: list[str] = field(default_factory=list)


def play(machine: Machine, where: Addresses, say: Say, now: datetime) -> str:
    """Play it all and tell what there is to look at."""
    played = Play(units=[Unit(serial()) for _ in range(3)])
    say("admitting three enterprises")
    admit_all(machine, played, now)
    say("sending a water heater's life: made, inspected, shipped, received, sold, installed")
    last = _send(where, played, now)
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


def admit_all(machine: Machine, played: Play, now: datetime) -> None:
    """Admit the three enterprises, here and by the loop's registrar on chain."""
    accounts, deployment = engine(machine.database_url("admin")), machine.deployment
    vault = Vault.open(machine.keys / "vault.key")
    with accounts.begin() as connection:
        entered = {
            one.name: enter(connection, vault, deployment, one.name, one.credit_code, now)
            for one in demo.ENTERPRISES
        }
    for name, one in entered.items():
        played.participants[name] = admitted(accounts, deployment, one, now)
    accounts.dispose()


def _send(where: Addresses, played: Play, now: datetime) -> str:
    last = ""
    with httpx.Client(base_url=where.gateway, timeout=30) as client:
        for number, step in enumerate(demo.life([unit.serial for unit in played.units], now)):
            key = played.participants[step.who.name].api_key
            headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"demo-{number}"}
            answer = client.post("/api/v1/submissions", json={"items": step.items}, headers=headers)
            answer.raise_for_status()
            said = answer.json()
            played.records += [record["id"] for record in said["records"]]
            last = said["submission"]
    return last


def _await_final(where: Addresses, played: Play, submission: str) -> None:
    key = played.participants[demo.SHOP.name].api_key
    url = f"{where.gateway}/api/v1/submissions/{submission}"
    end = time.monotonic() + FINAL_WITHIN
    while time.monotonic() < end:
        answer = httpx.get(url, headers={"Authorization": f"Bearer {key}"}).raise_for_status()
        if answer.json()["state"] == "final":
            return
        time.sleep(0.2)
    raise NotReadyError(name="the loop", url=url, seconds=FINAL_WITHIN, tail="see loop.log")


def tamper(machine: Machine, where: Addresses, played: Play) -> None:
    """Alter the second unit's inspection, delete the third unit's installation."""
    _, altered, deleted = played.units
    altered.tampered, altered.record = "altered", _record(where, altered, "inspecting")
    deleted.tampered, deleted.record = "deleted", _record(where, deleted, "installing")
    url = machine.database_url("superuser").replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(url) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(
            "update ledger.record set content = convert_to("
            "replace(convert_from(content, 'UTF8'), '230', '130'), 'UTF8') where id = %s",
            [altered.record],
        )
        connection.execute("delete from ledger.record where id = %s", [deleted.record])


def _record(where: Addresses, unit: Unit, step: str) -> str:
    answer = httpx.get(f"{where.gateway}{unit.path}", headers={"Accept": "application/json"})
    for record in answer.raise_for_status().json()["records"]:
        if record["content"]["body"].get("bizStep") == step:
            return str(record["id"])
    raise LookupError(step)


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
            {"id": str(one.id), "name": name, "key": one.address.hex(), "apiKey": one.api_key}
            for name, one in played.participants.items()
        ],
        "product": demo.GTIN,
        "units": [
            {
                "code": unit.code,
                "url": where.gateway + unit.path,
                "label": f"{where.gateway}/api/v1/labels/{unit.code}.svg",
                "tampered": unit.tampered,
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
    drawn = [
        f"{meaning[unit.tampered]}\n{where.gateway}{unit.path}\n"
        + labels.drawn(where.gateway + unit.path)
        for unit in played.units
    ]
    there = f"""consumer's page   {where.gateway}{played.units[0].path}
regulator's node  {where.node}/        the same verifier: {where.node}/verify
API               {where.gateway}/docs
for programs      {facts} (holds the API keys)

find what was tampered with, in another terminal:
  set -a; . {machine.folder / "node.env"}; set +a; .venv/bin/suyuan-node reconcile
"""
    return "\n".join(["", *drawn, there])
