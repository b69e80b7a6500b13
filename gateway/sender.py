"""Signed transactions on their way: stored before they are sent, sent until they are mined, settled by what was mined.

This module signs nothing. A transaction's nonce stands in its row and nowhere else; rows at or above the account's
count of mined transactions are under way, whatever was once thought of them, so a reorg brings them back by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import structlog
from sqlalchemy import Engine, Row, func, select, update

from gateway.leader import Term
from indexer.chain import calls
from indexer.chain.calls import Call
from indexer.chain.client import Client, RefusedError
from indexer.core.errors import InconsistencyError
from indexer.store.tables import tx

NOTHING_GAS = 21_000

# What nodes say of a transaction they have, or whose nonce was mined: both are settled by the next count of nonces.
_KNOWN = ("already known", "known transaction", "already imported", "alreadyknown", "nonce too low")

_log = structlog.get_logger(__name__)


class NonceTakenError(InconsistencyError):
    """A transaction was signed for this nonce meanwhile: another leader is at work with this key."""

    code = "NONCE_TAKEN"
    sentence = "nonce {nonce} of {signer} belongs to another transaction already"


@dataclass(frozen=True)
class Signed:
    """A transaction ready to be stored; `size` and `root` are None for one that does nothing."""

    nonce: int
    hash: bytes
    raw: bytes
    size: int | None
    root: bytes | None


@dataclass(frozen=True)
class Sender:
    """The transactions of one account."""

    engine: Engine
    client: Client
    term: Term
    signer: bytes

    def settle(self, latest: int) -> Sequence[Row[*tuple[Any, ...]]]:
        """Write down what became of transactions below `latest`, the count of those mined; return those under way."""
        mine = tx.c.signer == self.signer
        open_ = select(tx.c.nonce, tx.c.hash).where(
            mine, tx.c.nonce < latest, tx.c.outcome.is_(None)
        )
        back = update(tx).where(mine, tx.c.nonce >= latest, tx.c.outcome.is_not(None))
        live = select(tx).where(mine, tx.c.nonce >= latest).order_by(tx.c.nonce)
        with self.engine.begin() as connection:
            unsettled = connection.execute(open_).all()
        outcomes = self._outcomes(unsettled)
        with self.engine.begin() as connection:
            self.term.check(connection)
            for nonce, outcome in outcomes.items():
                one = update(tx).where(mine, tx.c.nonce == nonce)
                connection.execute(one.values(outcome=outcome))
            if connection.execute(back.values(outcome=None)).rowcount:
                _log.warning("mined_transactions_came_back", latest=latest)
            return connection.execute(live).all()

    def _outcomes(self, rows: Sequence[Row[*tuple[Any, ...]]]) -> dict[int, str]:
        if not rows:
            return {}
        receipts = self.client.ask_all([_receipt(row.hash) for row in rows])
        outcomes = {}
        for row, succeeded in zip(rows, receipts, strict=True):
            if succeeded is None:
                _log.error("operator_key_used_elsewhere", nonce=row.nonce, signer=self.signer.hex())
            elif not succeeded:
                _log.error("transaction_reverted", nonce=row.nonce, hash=row.hash.hex())
            outcomes[row.nonce] = (
                "replaced" if succeeded is None else "mined" if succeeded else "reverted"
            )
        return outcomes

    def next_nonce(self, latest: int) -> int:
        """Find the nonce after all that are mined and all that are ours."""
        highest = select(func.max(tx.c.nonce)).where(tx.c.signer == self.signer)
        with self.engine.begin() as connection:
            ours: int | None = connection.execute(highest).scalar_one()
        return latest if ours is None else max(latest, ours + 1)

    def store(self, signed: Signed, now: datetime) -> None:
        """Keep a signed transaction, as the leader and before anybody sees it."""
        row = {
            "signer": self.signer,
            "nonce": signed.nonce,
            "hash": signed.hash,
            "size": signed.size,
            "root": signed.root,
            "raw": signed.raw,
            "created": now,
        }
        with self.engine.begin() as connection:
            self.term.check(connection)
            taken = select(tx.c.nonce).where(tx.c.signer == self.signer, tx.c.nonce == signed.nonce)
            if connection.execute(taken).one_or_none() is not None:
                raise NonceTakenError(nonce=signed.nonce, signer=self.signer.hex())
            connection.execute(tx.insert(), row)

    def last_anchor(self) -> datetime | None:
        """Tell when the newest anchor was signed."""
        newest = (
            select(tx.c.created)
            .where(tx.c.signer == self.signer, tx.c.size.is_not(None))
            .order_by(tx.c.nonce.desc())
            .limit(1)
        )
        with self.engine.begin() as connection:
            found: datetime | None = connection.execute(newest).scalar_one_or_none()
        return found

    def send(self, latest: int, now: datetime) -> int:
        """Send every transaction under way, lowest nonce first; return how many that were."""
        mine = tx.c.signer == self.signer
        live = select(tx.c.nonce, tx.c.raw).where(mine, tx.c.nonce >= latest).order_by(tx.c.nonce)
        with self.engine.begin() as connection:
            rows = connection.execute(live).all()
        for row in rows:
            self._send(row.raw)
            # The time of the last sending: a block that holds it is stamped about then (intake's clock check).
            sent = update(tx).where(mine, tx.c.nonce == row.nonce)
            with self.engine.begin() as connection:
                self.term.check(connection)
                connection.execute(sent.values(sent=now, attempts=tx.c.attempts + 1))
        return len(rows)

    def _send(self, raw: bytes) -> None:
        try:
            self.client.call("eth_sendRawTransaction", calls.hexed(raw))
        except RefusedError as error:
            # Some nodes mine at once and report a revert here; the receipt says so again.
            known = any(words in error.message.lower() for words in _KNOWN)
            if not (known or reverted(error)):
                raise

    def fees(self) -> dict[str, int]:
        """Ask what a transaction costs now, as the fields of one that is paid so; networks without fees answer 0."""
        price, base = self.client.ask_all(
            [
                Call("eth_gasPrice", (), _quantity),
                Call("eth_getBlockByNumber", ("latest", False), _base),
            ]
        )
        if base is None:
            return {"gasPrice": price or 0}
        tip = max((price or 0) - base, 0)
        # Twice the base fee lasts through six full blocks in a row.
        return {"type": 2, "maxFeePerGas": 2 * base + tip, "maxPriorityFeePerGas": tip}


def reverted(error: RefusedError) -> bool:
    """Tell whether a node refused because a contract did."""
    return len(error.data) >= 10 or "revert" in error.message.lower()


def count(signer: bytes) -> Call[int]:
    """Ask how many transactions of an account are mined: its lowest nonce that is not."""
    return Call("eth_getTransactionCount", (calls.hexed(signer), "latest"), _quantity)


class _Receipt(msgspec.Struct):
    status: str


class _Block(msgspec.Struct, rename="camel"):
    base_fee_per_gas: str | None = None


def _receipt(transaction: bytes) -> Call[bool | None]:
    """Ask whether a transaction did what it should; None if it is in no block."""

    def read(raw: bytes) -> bool | None:
        found = msgspec.json.decode(raw, type=_Receipt | None)
        return None if found is None else calls.quantity(found.status) == 1

    return Call("eth_getTransactionReceipt", (calls.hexed(transaction),), read)


def _quantity(raw: bytes) -> int:
    return calls.quantity(msgspec.json.decode(raw, type=str))


def _base(raw: bytes) -> int | None:
    block = msgspec.json.decode(raw, type=_Block)
    return None if block.base_fee_per_gas is None else calls.quantity(block.base_fee_per_gas)
