"""The demo's enterprises: some keep a key of their own in a folder of theirs, the others let the platform sign.

Whoever signs for itself does so as on its own machine: encrypted key file, journal, receipts (gateway/enterprise). The
operator takes part too, as the participant that it is, and reviews.
"""

import secrets
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
from uuid_utils.compat import uuid7

from gateway.accounts import desk
from gateway.accounts.claim import Claim
from gateway.accounts.rules import OPERATOR
from gateway.admission import admitted, enter, enter_own
from gateway.demo import Enterprise
from gateway.enterprise import applying, keyfile
from gateway.enterprise.delivery import Delivery, Manner
from gateway.enterprise.journal import Identity, Journal
from gateway.enterprise.sending import Gateway
from gateway.enterprise.signing import Signer
from gateway.machine import Machine
from gateway.vault import Vault
from indexer.core.submission import log_id
from indexer.store.engine import engine

# Trying one password takes some milliseconds: the demo's lie beside their key files.
_ROUNDS = 2**14


@dataclass(frozen=True)
class Actor:
    """One enterprise that was admitted; `folder` holds its key, journal and secrets, None where the platform signs."""

    enterprise: Enterprise
    id: UUID
    address: bytes
    api_key: str = field(repr=False)
    folder: Path | None = None

    @property
    def headers(self) -> dict[str, str]:
        """What tells the gateway who calls."""
        return {"Authorization": f"Bearer {self.api_key}"}

    def state(self, machine: Machine, url: str, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """State something, signed by itself or by the platform; the last answer, with its receipt."""
        if self.folder is None:
            sent = {"items": list(items)}
            answer = httpx.post(
                f"{url}/api/v1/submissions", json=sent, headers=self.headers, timeout=30
            )
            said: dict[str, Any] = answer.raise_for_status().json()
            return said
        path = self.folder / f"{secrets.token_hex(4)}.json"
        path.write_bytes(msgspec.json.encode({"items": list(items)}))
        return self.submit(machine, url, [path])

    def submit(self, machine: Machine, url: str, paths: Sequence[Path]) -> dict[str, Any]:
        """Sign and send files as `suyuan submit` does; the last answer, empty while all of it waits for a review."""
        if self.folder is None:
            return {}
        key = keyfile.unlock(
            self.folder / "own.key", lambda: keyfile.secret(self._file("password"))
        )
        signer = Signer(log_id(machine.origin), self.id, key.private_key)
        identity = Identity(machine.origin, self.id, key.address)
        with Gateway(url, self.api_key) as gateway, Journal.open(self.folder / "journal") as kept:
            kept.bind(identity)
            kept.sends_to(url)
            delivery = Delivery(kept, identity, signer)
            report = delivery.run(paths, Manner(), gateway)
            for _, error in report.bad:
                raise error
            answers = [one.answer for one in kept.submissions() if one.answer]
        found: dict[str, Any] = msgspec.json.decode(answers[-1]) if answers else {}
        return found

    def _file(self, name: str) -> Path:
        return (self.folder or Path()) / name


def admit(
    machine: Machine, enterprises: Sequence[Enterprise], own: Collection[Enterprise], now: datetime
) -> dict[str, Actor]:
    """Admit enterprises, those in `own` under keys that they make themselves, and wait for the register."""
    accounts, deployment = engine(machine.database_url("admin")), machine.deployment
    vault = Vault.open(machine.keys / "vault.key")
    folders = {one.name: _folder(machine, one) for one in own}
    with accounts.begin() as connection:
        entered = {}
        for one in enterprises:
            if one.name in folders:
                claim = Claim.load(folders[one.name] / "application.json")
                entered[one.name] = enter_own(connection, deployment, claim, now)
            else:
                entered[one.name] = enter(
                    connection, vault, deployment, one.name, one.credit_code, now
                )
    actors = {}
    for one in enterprises:
        known = admitted(accounts, deployment, entered[one.name], now)
        folder = folders.get(one.name)
        actors[one.name] = Actor(one, known.id, known.address, known.api_key, folder)
        if folder is not None:
            _keep(folder / "api.key", known.api_key)
    accounts.dispose()
    return actors


def reviewer(machine: Machine, actor: Actor, now: datetime) -> str:
    """Give a participant an API key for the operator's desk."""
    accounts = engine(machine.database_url("admin"))
    with accounts.begin() as connection:
        issued = desk.issue(connection, actor.id, now, role=OPERATOR)
    accounts.dispose()
    _keep(machine.keys / "reviewer.api-key", issued.secret)
    return issued.secret


def note(actor: Actor, url: str) -> Path | None:
    """Leave the settings of an enterprise's own programs where a shell can read them."""
    if actor.folder is None:
        return None
    settings: Mapping[str, str] = {
        "SUYUAN_GATEWAY": url,
        "SUYUAN_KEY": str(actor.folder / "own.key"),
        "SUYUAN_KEY_PASSWORD_FILE": str(actor.folder / "password"),
        "SUYUAN_API_KEY_FILE": str(actor.folder / "api.key"),
        "SUYUAN_JOURNAL": str(actor.folder / "journal"),
    }
    path = actor.folder / "enterprise.env"
    _keep(path, "".join(f"{key}={shlex.quote(value)}\n" for key, value in settings.items()))
    return path


def _folder(machine: Machine, enterprise: Enterprise) -> Path:
    """Make an enterprise's folder with its key and what it applies with."""
    folder = machine.folder / "enterprises" / enterprise.credit_code
    folder.mkdir(mode=0o700, parents=True)
    password = secrets.token_urlsafe(18)
    _keep(folder / "password", password)
    keyfile.create(folder / "own.key", password.encode(), rounds=_ROUNDS)
    key = keyfile.unlock(folder / "own.key", password.encode)
    application = applying.admission(
        machine.deployment, uuid7(), enterprise.name, enterprise.credit_code, key.private_key
    )
    (folder / "application.json").write_bytes(application)
    return folder


def _keep(path: Path, secret: str) -> None:
    path.touch(mode=0o600)
    path.write_text(secret)
