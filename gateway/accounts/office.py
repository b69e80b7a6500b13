"""The operator's desk as its shell uses it: a store opened by the settings, one act, and how it stands afterwards.

An act writes decisions in one transaction and then waits until the registry shows them as final, unless told not to;
`hear` is told of every change meanwhile.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Self
from uuid import UUID

from sqlalchemy import Connection, Engine

from gateway import admission
from gateway.accounts import acts, decisions, desk, shown
from gateway.accounts.claim import Claim
from gateway.accounts.decisions import Decision
from gateway.settings import Settings
from gateway.vault import Vault
from indexer.chain.deployment import Deployment
from indexer.core.canonical import Members
from indexer.core.errors import InputError
from indexer.store.engine import engine

Hear = Callable[[Decision], None]

# Acts that need nothing but the participant.
PLAIN = {
    "suspend": acts.suspend,
    "reinstate": acts.reinstate,
    "cancel_recovery": acts.cancel_recovery,
    "complete_recovery": acts.complete_recovery,
}


class AdmissionArgumentsError(InputError):
    """Neither a name with a credit code nor an application, or both."""

    code = "ADMISSION_ARGUMENTS"
    sentence = (
        "name an enterprise and its credit code, or give --application with what it applied with"
    )


class AddressError(InputError):
    """What should be an account's address and is not."""

    code = "ADDRESS"
    sentence = "{given!r} is no address: 40 hex digits are wanted"


class OtherParticipantError(InputError):
    """A file that speaks of another participant than the command."""

    code = "CLAIM_OF_ANOTHER"
    sentence = "{file} is of participant {found}, not {expected}"


@dataclass(frozen=True)
class Office:
    """The store under the operator's login, a member of suyuan_accounts, and the register that is decided about."""

    settings: Settings
    engine: Engine
    deployment: Deployment
    hear: Hear

    @classmethod
    @contextmanager
    def open(cls, settings: Settings, hear: Hear = lambda _: None) -> Iterator[Self]:
        """Open what the settings name, and close it again."""
        store = engine(settings.database_url)
        try:
            yield cls(settings, store, Deployment.load(settings.deployment), hear)
        finally:
            store.dispose()

    def admit(
        self, named: tuple[str, str] | None, application: Path | None, now: datetime, *, wait: bool
    ) -> Members:
        """Admit an enterprise by name and credit code under a custodial key, or by its application with its own."""
        if (application is None) == (named is None):
            raise AdmissionArgumentsError
        with self.engine.begin() as connection:
            if application is not None:
                claim = Claim.load(application)
                entered = admission.enter_own(connection, self.deployment, claim, now)
            else:
                name, credit_code = named or ("", "")
                entered = admission.enter(
                    connection, self._vault(), self.deployment, name, credit_code, now
                )
        facts: Members = {"participant": str(entered.id), "key": entered.address.hex()}
        if not wait:
            return {**facts, "decision": str(entered.decision)}
        made = admission.admitted(self.engine, self.deployment, entered, now, self.hear)
        return {**facts, "apiKey": made.api_key}

    def add_key(self, who: UUID, file: Path, now: datetime, *, wait: bool) -> list[Members]:
        """Add a key of the participant's own."""
        claim = _claim(who, file)
        act = partial(acts.add_key, vault=self._vault(), claim=claim)
        return self._decide(lambda one: act(one, deployment=self.deployment, now=now), wait=wait)

    def recover(self, who: UUID, file: Path, now: datetime, *, wait: bool) -> list[Members]:
        """Ask for a key in place of those that are lost."""
        claim = _claim(who, file)
        return self._decide(lambda one: [acts.recover(one, self.deployment, claim, now)], wait=wait)

    def revoke_key(
        self, address: str, next_sequence: int | None, now: datetime, *, wait: bool
    ) -> list[Members]:
        """End a signing key."""
        key = parse_address(address)
        return self._decide(
            lambda one: [acts.revoke(one, self.deployment, key, now, next_sequence)], wait=wait
        )

    def act(self, name: str, who: UUID, now: datetime, *, wait: bool) -> list[Members]:
        """Do what needs nothing but the participant, one of `PLAIN`."""
        return self._decide(lambda one: [PLAIN[name](one, self.deployment, who, now)], wait=wait)

    def participants(self) -> list[Members]:
        """List all participants."""
        with self.engine.connect() as connection:
            return shown.participants(connection)

    def participant(self, who: UUID) -> Members:
        """Tell all there is about one participant."""
        with self.engine.connect() as connection:
            return shown.participant(connection, self.deployment, who)

    def issue(self, owner: UUID, role: str, now: datetime) -> Members:
        """Issue another API key."""
        with self.engine.begin() as connection:
            issued = desk.issue(connection, owner, now, role=role)
        return {"id": str(issued.id), "role": role, "apiKey": issued.secret}

    def revoke(self, key: UUID, now: datetime) -> Members:
        """End an API key."""
        with self.engine.begin() as connection:
            desk.revoke(connection, key, now)
        return {"revoked": str(key)}

    def _decide(self, act: Callable[[Connection], list[UUID]], *, wait: bool) -> list[Members]:
        with self.engine.begin() as connection:
            made = act(connection)
        if wait:
            admission.settled(self.engine, self.deployment, made, self.hear)
        with self.engine.connect() as connection:
            stand = [decisions.read(connection, self.deployment, one) for one in made]
        return [shown.decision(one) for one in stand]

    def _vault(self) -> Vault:
        return Vault.open(self.settings.vault_key_file)


def parse_address(text: str) -> bytes:
    """Read an address of 40 hex digits, with 0x or without."""
    try:
        found = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        found = b""
    if len(found) != 20:
        raise AddressError(given=text)
    return found


def _claim(who: UUID, file: Path) -> Claim:
    claim = Claim.load(file)
    if claim.participant != who:
        raise OtherParticipantError(file=file, found=claim.participant, expected=who)
    return claim
