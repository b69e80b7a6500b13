"""How chain, log and follower stand right now, for a page and for programs: read anew, and never guessed.

A part that cannot be read says why; the others are still told.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, text

from indexer import remedies
from indexer.chain.client import Client
from indexer.chain.deployment import Deployment
from indexer.chain.identity import Identity
from indexer.core.canonical import Json, Members
from indexer.core.errors import SuyuanError
from indexer.core.submission import log_id
from indexer.store import blocks, findings, loose, places
from indexer.store.findings import Finding, Seen

# By this name the database knows the program that follows and reconciles.
FOLLOWER = "suyuan-node follow"
# A chain may mine several blocks while a page is made.
LAG = 20
_FOLLOWING = text("""
select exists (select from pg_stat_activity where application_name = :name and datname = current_database())
""")


@dataclass(frozen=True)
class Watch:
    """What a node watches. Without an `engine` it has no store of its own to tell of."""

    client: Client
    engine: Engine | None
    deployment: Deployment
    origin: str

    def chain(self) -> Members:
        """Tell what the chain says of itself and of the log."""
        deployment = self.deployment
        facts: Members = {
            "chainId": deployment.chain_id,
            "genesis": deployment.genesis.hex(),
            "traceLog": deployment.trace_log.hex(),
            "participants": deployment.participants.hex(),
            "endpoint": self.client.endpoint,
        }
        try:
            latest = Identity(self.client, deployment).check()
            head = self.client.head(deployment.trace_log, log_id(self.origin))
        except SuyuanError as error:
            return {**facts, "trouble": error.code, "said": str(error)}
        facts |= {"block": latest.number, "time": _iso(latest.timestamp)}
        if head is None:
            return {**facts, "trouble": "LOG_UNKNOWN", "said": "the log was never opened here"}
        return {
            **facts,
            "log": {"anchors": head.number, "size": head.size, "root": head.root.hex()},
        }

    def store(self) -> Members:
        """Tell how far the store has followed, and how much of the log it holds as final."""
        if self.engine is None:
            return {"trouble": "NO_DATABASE"}
        log = log_id(self.origin)
        try:
            with self.engine.connect() as connection:
                at = blocks.position(connection, self.deployment)
                anchored = loose.anchored(connection, log)
                newest = places.anchors(connection, log, anchored - 1, 1)
                size = places.size(connection)
                following = bool(connection.execute(_FOLLOWING, {"name": FOLLOWER}).scalar())
        except SuyuanError as error:
            return {"trouble": error.code, "said": str(error)}
        facts: Members = {"size": size, "anchored": anchored, "following": following}
        if newest:
            facts |= {"anchor": newest[0].number, "anchoredAt": _iso(newest[0].time)}
        if at is None:
            return {**facts, "trouble": "NOT_FOLLOWED"}
        return {**facts, "tip": at.tip_number, "final": at.final_number}

    def findings(self, *, cleared: bool = False) -> list[Seen] | None:
        """Return what does not fit, None where no store is at hand."""
        if self.engine is None:
            return None
        try:
            with self.engine.connect() as connection:
                return list(findings.read(connection, cleared=cleared, limit=500))
        except SuyuanError:
            return None


def told(seen: Seen) -> Members:
    """Write a finding as programs read it, with when it was seen."""
    return {
        **finding(seen.finding),
        "firstSeen": seen.first_seen.isoformat(),
        "lastSeen": seen.last_seen.isoformat(),
        "cleared": seen.cleared.isoformat() if seen.cleared else None,
        "acknowledged": seen.acknowledged.isoformat() if seen.acknowledged else None,
    }


def finding(found: Finding) -> Members:
    """Write a finding as programs read it, with what to do about it."""
    advice = remedies.remedy(found.kind)
    return {
        "kind": found.kind,
        "subject": found.subject,
        "firstIndex": found.first_index,
        "lastIndex": found.last_index,
        "record": str(found.record) if found.record else None,
        "facts": found.facts,
        "advice": {"zh": advice.zh, "en": advice.en},
    }


def sure(chain: Members, store: Members) -> bool:
    """Tell whether having no findings means anything: somebody looks, and sees the chain as it is now."""
    behind = lag(chain, store)
    clear = "trouble" not in chain and "trouble" not in store
    return clear and bool(store.get("following")) and isinstance(behind, int) and behind <= LAG


def lag(chain: Members, store: Members) -> Json:
    """Return by how many blocks the store is behind, None where either is unknown."""
    latest, tip = chain.get("block"), store.get("tip")
    return max(0, latest - tip) if isinstance(latest, int) and isinstance(tip, int) else None


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
