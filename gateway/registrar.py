"""The operator's decisions go on chain, by the registrar's account; what became of them is the follower's word.

A stage beside sequencer and anchorer that keeps no state: a decision is sent unless the registry shows it already, and
its transaction takes the very place among the account's that was free before the registry was looked at. So a crash
anywhere, or a second leader, sends nothing twice. All this stage ever writes is that the contract refused.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import Connection, Engine

from contracts import sending
from contracts.operate import Hand
from gateway.accounts import decisions
from gateway.accounts.decisions import Decision, State
from gateway.accounts.rules import EVENTS
from gateway.accounts.tables import refusal
from gateway.leader import Term
from gateway.sender import count
from indexer.chain import events
from indexer.chain.client import Client
from indexer.chain.deployment import Deployment
from indexer.chain.events import Registration
from indexer.core.errors import OutageError
from indexer.core.submission import address
from indexer.store import blocks

# A sent decision that the registry does not show after this long is sent again.
_AGAIN = timedelta(seconds=60)

_log = structlog.get_logger(__name__)


class NotRegistrarError(OutageError):
    """The key file holds an account that is not the registrar's; no decision is refused for that."""

    code = "NOT_REGISTRAR"
    sentence = "account {account} is not the registrar: Participants refuses it ({reason})"


@dataclass
class Registrar:
    """Sends decisions with the registrar's key, one transaction at a time; `urls` are tried in turn."""

    engine: Engine
    term: Term
    deployment: Deployment
    urls: list[str]
    key: bytes = field(repr=False)
    _tried: dict[UUID, datetime] = field(default_factory=dict)
    _flying: tuple[int, datetime] | None = None

    def step(self, now: datetime) -> bool:
        """Send the first decision that the chain does not show; tell whether anything was done."""
        waiting, at = self._waiting(now)
        if at is None or not waiting:
            return False
        url = self.urls[0]
        try:
            with Client([url]) as client:
                return self._some(client, waiting, at, now)
        except OutageError:
            self.urls.append(self.urls.pop(0))
            raise

    def _waiting(self, now: datetime) -> tuple[list[Decision], blocks.Position | None]:
        with self.engine.connect().execution_options(isolation_level="REPEATABLE READ") as reading:
            at = blocks.position(reading, self.deployment)
            due = decisions.due(reading, self.deployment)
        fresh = [
            one for one in due if one.id not in self._tried or now - self._tried[one.id] >= _AGAIN
        ]
        return fresh, at

    def _some(
        self, client: Client, waiting: list[Decision], at: blocks.Position, now: datetime
    ) -> bool:
        if client.header_at("latest").number < at.tip_number:
            return False  # a node that lags would refuse what it does not know yet
        # Counted before the registry is looked at: what is mined in between takes this place from us.
        nonce = client.ask(count(address(self.key)))
        if self._flying and self._flying[0] >= nonce and now - self._flying[1] < _AGAIN:
            return False
        return any(self._act(client, one, at, nonce, now) for one in waiting)

    def _act(
        self, client: Client, one: Decision, at: blocks.Position, nonce: int, now: datetime
    ) -> bool:
        """Send one decision unless it has happened; tell whether that used the nonce or settled it."""
        if self._happened(client, one, at):
            self._tried[one.id] = now
            return False
        hand = Hand(self.urls[0], self.deployment, self.key, nonce)
        with self.engine.begin() as connection:
            self.term.check(connection)
            if (why := self._baseless(connection, one)) is not None:
                self._refuse(connection, one, why, now)
                return True
        try:
            _CALLS[one.act](hand, one)
        except sending.RefusedError as error:
            if str(error.facts["error"]).startswith("AccessControl"):
                account = address(self.key).hex()
                raise NotRegistrarError(account=account, reason=error.facts["error"]) from None
            if not self._happened(client, one, at):
                with self.engine.begin() as connection:
                    self.term.check(connection)
                    self._refuse(connection, one, str(error), now)
            return True
        self._tried[one.id], self._flying = now, (nonce, now)
        _log.info(
            "decision_sent", decision=str(one.id), act=one.act, participant=str(one.participant)
        )
        return True

    def _happened(self, client: Client, one: Decision, at: blocks.Position) -> bool:
        """Tell whether the chain shows the decision, in blocks above the final one, as they are now."""
        told = client.ask(
            # From the final block itself: some nodes refuse a range that begins behind their newest.
            events.registrations(self.deployment, one.participant, at.final_number)
        )
        return any(
            isinstance(said, Registration)
            and said.block_number > at.final_number
            and said.event == EVENTS[one.act]
            and (one.key is None or said.key is None or said.key == one.key)
            for said in told
        )

    def _baseless(self, connection: Connection, one: Decision) -> str | None:
        """Say why a decision must not be sent although the contract would take it: what it rests on was refused."""
        upon = one.facts.get("upon")
        if upon is None:
            return None
        rests = decisions.read(connection, self.deployment, UUID(str(upon)))
        return (
            f"decision {upon}, on which this one rests, was refused"
            if (rests.state is State.REFUSED)
            else None
        )

    def _refuse(self, connection: Connection, one: Decision, reason: str, now: datetime) -> None:
        connection.execute(refusal.insert(), {"decision": one.id, "reason": reason, "at": now})
        _log.warning("decision_refused", decision=str(one.id), act=one.act, reason=reason)


def _bytes(one: Decision, name: str) -> bytes:
    return bytes.fromhex(str(one.facts[name]))


def _key(one: Decision) -> bytes:
    assert one.key is not None  # noqa: S101 - acts on a key have one
    return one.key


def _admit(hand: Hand, one: Decision) -> None:
    hand.admit(
        one.participant,
        str(one.facts["name"]),
        str(one.facts["creditCode"]),
        _key(one),
        custodial=bool(one.facts["custodial"]),
        possession=_bytes(one, "possession"),
    )


def _add_key(hand: Hand, one: Decision) -> None:
    hand.add_key(
        one.participant,
        _key(one),
        custodial=bool(one.facts["custodial"]),
        possession=_bytes(one, "possession"),
        consent=_bytes(one, "consent"),
    )


def _request_recovery(hand: Hand, one: Decision) -> None:
    custodial, possession = bool(one.facts["custodial"]), _bytes(one, "possession")
    hand.request_recovery(one.participant, _key(one), custodial=custodial, possession=possession)


_CALLS: dict[str, Callable[[Hand, Decision], object]] = {
    "admit": _admit,
    "add_key": _add_key,
    "revoke": lambda hand, one: hand.revoke(_key(one), int(str(one.facts["nextSequence"]))),
    "suspend": lambda hand, one: hand.suspend(one.participant),
    "reinstate": lambda hand, one: hand.reinstate(one.participant),
    "request_recovery": _request_recovery,
    "cancel_recovery": lambda hand, one: hand.cancel_recovery(one.participant),
    "complete_recovery": lambda hand, one: hand.complete_recovery(one.participant),
}
