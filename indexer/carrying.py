"""A node goes along when a log is carried on: it leaves the lost chain for the new one, if nothing it saw is forgotten.

Whoever opens a log on a new chain states its size and root. A node that followed the old chain knows what was final
there, and refuses a log that was opened with less.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from indexer.chain.calls import Head
from indexer.chain.client import Client
from indexer.chain.deployment import Deployment, exchange
from indexer.chain.events import Anchored
from indexer.chain.identity import Identity
from indexer.core.errors import InputError
from indexer.core.submission import log_id
from indexer.settings import Settings
from indexer.store import former

_SPAN = 1000  # blocks of one question


class NotCarriedError(InputError):
    """The log was not carried on there."""

    code = "NOT_CARRIED"
    sentence = "the log {origin} was not opened on chain {chain} as one that goes on"


@dataclass(frozen=True)
class Followed:
    """With what the log goes on, and where the old deployment's file lies now."""

    size: int
    root: bytes
    kept: Path


def carry_on(
    engine: Engine, client: Client, deployment: Path, told: Settings, now: datetime
) -> Followed:
    """Leave the chain that was followed for that of `deployment`. Needs the schema's owner."""
    new, log = Deployment.load(deployment), log_id(told.log_origin)
    latest = Identity(client, new).check().number
    opening = _opening(client, new, log, latest)
    if opening is None:
        raise NotCarriedError(origin=told.log_origin, chain=new.chain_id)
    with engine.begin() as connection:
        former.check_opening(connection, log, opening.size, opening.root)
        old = former.set_aside(connection, new, now)
        kept = exchange(told.deployment, old, new)
    return Followed(opening.size, opening.root, kept)


def _opening(client: Client, new: Deployment, log: bytes, latest: int) -> Head | None:
    """Find a log's first anchor, which for one that goes on is its opening."""
    for first in range(new.block, latest + 1, _SPAN):
        for event in client.events(new, first, min(latest, first + _SPAN - 1)):
            if isinstance(event, Anchored) and event.log == log:
                return Head(event.number, event.size, event.root)
    return None
