"""What one party's node says about a bundle's anchor and signers, asked anew and written down for the pure check.

The page in the browser gathers the same (page/src/sighting.ts), with the same questions, so that a node behind a short
list of allowed methods serves both. Nothing here judges: core/sighting.py does.
"""

from contextlib import suppress
from uuid import UUID

from indexer.chain import calls, events, finality
from indexer.chain.client import Client
from indexer.core import record
from indexer.core.bundle import Anchor, Block, Bundle
from indexer.core.errors import EvidenceError
from indexer.core.sighting import KeySeen, ParticipantSeen, Sighting
from indexer.core.submission import Approval, log_id, recover
from indexer.core.trust import Trust


def gather(client: Client, party: str, trust: Trust, bundle: Bundle) -> Sighting:
    """Ask the node that `trust` says `party` runs. OutageError if it does not answer, or with nonsense."""
    chain_id, genesis = client.chain_id(), client.genesis()
    if (chain_id, genesis) != (trust.chain_id, trust.genesis):
        return Sighting(party, chain_id, genesis, 0, None, None, {}, {})
    latest = client.header_at("latest")
    state = client.ask(calls.log_state(trust.trace_log, log_id(bundle.origin)))
    return Sighting(
        party=party,
        chain_id=chain_id,
        genesis=genesis,
        final=finality.highest(client, finality.parse(trust.finality), latest.number),
        anchor=_anchor(client, trust, bundle),
        closed=state.last_good if state else None,
        keys=_keys(client, trust, bundle),
        participants=_participants(client, trust, bundle),
        approvers=_approvers(client, trust, bundle),
        carried=state.opened if state else 0,
    )


def _anchor(client: Client, trust: Trust, bundle: Bundle) -> Anchor | None:
    """Find the anchor under the bundle's transaction, if its block is one of the node's canonical chain."""
    if bundle.anchor is None:
        return None
    log, claimed = log_id(bundle.origin), bundle.anchor
    found = [
        event
        for event in client.ask(events.anchors_in(trust.trace_log, claimed.transaction))
        if event.log == log and event.tx_hash == claimed.transaction
    ]
    if not found:
        return None
    # A contract that operates a log may anchor it more than once in a transaction.
    event = next((one for one in found if one.number == claimed.number), found[0])
    block = client.header(event.block_number)
    if block is None or block.hash != event.block_hash:
        return None
    return Anchor(
        number=event.number,
        old_size=event.old_size,
        size=event.size,
        root=event.root,
        transaction=event.tx_hash,
        block=Block(block.number, block.hash, block.timestamp),
    )


def _keys(client: Client, trust: Trust, bundle: Bundle) -> dict[bytes, KeySeen]:
    wanted = sorted({entry.submission.key for entry in bundle.records})
    found = client.ask_all([calls.key_of(trust.participants, key) for key in wanted])
    return {
        key: KeySeen(seen.participant, seen.custodial, seen.admitted, seen.revoked)
        for key, seen in zip(wanted, found, strict=True)
        if seen
    }


def _participants(client: Client, trust: Trust, bundle: Bundle) -> dict[UUID, ParticipantSeen]:
    wanted = sorted({entry.submission.participant for entry in bundle.records})
    found = client.ask_all([calls.participant_of(trust.participants, one) for one in wanted])
    return {
        participant: ParticipantSeen(seen.name, seen.credit_code, seen.status)
        for participant, seen in zip(wanted, found, strict=True)
        if seen
    }


def _approvers(client: Client, trust: Trust, bundle: Bundle) -> list[bytes]:
    """Ask which of those who signed the bundle's approvals are or were the log's operator."""
    log = log_id(bundle.origin)
    signers: set[bytes] = set()
    for entry in bundle.records:
        if entry.approval is not None:
            said = Approval(log, record.digest(entry.content), entry.approval.at)
            with suppress(EvidenceError):
                signers.add(recover(said.signing_hash(), entry.approval.signature))
    wanted = sorted(signers)
    found = client.ask_all([calls.served(trust.trace_log, log, account) for account in wanted])
    return [account for account, (as_operator, _) in zip(wanted, found, strict=True) if as_operator]
