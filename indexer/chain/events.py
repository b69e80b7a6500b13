"""What the two contracts said, as the chain keeps it: raw logs become anchors, registrations and acts, in their order.

Static words are sliced by hand, a hundred times faster than a general decoder; tests hold every event to web3.py's
reading. An event of another kind is skipped, one of another contract or of a wrong shape is nonsense (ValueError).
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import msgspec

from indexer.chain.abi import facts
from indexer.chain.calls import (
    WORD,
    Call,
    MisshapenError,
    address,
    data,
    hexed,
    quantity,
    uuid,
)
from indexer.chain.deployment import Deployment
from indexer.core.canonical import Members
from indexer.core.submission import keccak


@dataclass(frozen=True, slots=True)
class Anchored:
    """A log's head moved: the contract itself checked that the new tree extends the old."""

    block_number: int
    block_hash: bytes
    log_index: int
    tx_hash: bytes
    log: bytes
    number: int
    old_size: int
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Registration:
    """An event of Participants; fields its kind does not have are None."""

    block_number: int
    block_hash: bytes
    log_index: int
    event: str
    participant: UUID
    key: bytes | None = None
    name: str | None = None
    credit_code: str | None = None
    custodial: bool | None = None
    next_sequence: int | None = None
    ready_at: int | None = None


@dataclass(frozen=True, slots=True)
class Administration:
    """An act of an administrator, on roles or on logs; bytes in `facts` are hex."""

    block_number: int
    block_hash: bytes
    log_index: int
    contract: str
    event: str
    facts: Members


Event = Anchored | Registration | Administration


class Log(msgspec.Struct, rename="camel"):
    """A log entry as JSON-RPC has it, in eth_getLogs and in receipts."""

    address: str
    topics: list[str]
    data: str
    block_number: str
    block_hash: str
    log_index: str
    transaction_hash: str


class _Receipt(msgspec.Struct):
    logs: list[Log]


def _topic(signature: str) -> bytes:
    return keccak(signature.encode())


ANCHORED = _topic("Anchored(bytes32,uint64,uint64,uint64,bytes32)")

_REGISTRATIONS = {
    _topic(signature): signature.partition("(")[0]
    for signature in (
        "Admitted(bytes16,string,string)",
        "KeyAdded(bytes16,address,bool)",
        "KeyRevoked(bytes16,address,uint64)",
        "KeyRecovered(bytes16,address,bool)",
        "RecoveryRequested(bytes16,address,bool,address)",
        "RecoveryApproved(bytes16,address,uint64,address)",
        "RecoveryCancelled(bytes16,address,address)",
        "Suspended(bytes16)",
        "Reinstated(bytes16)",
    )
}

# The roles of both contracts by their hash in hex, as acts on them name them.
ROLES = {
    bytes(WORD).hex(): "DEFAULT_ADMIN_ROLE",
    **{_topic(name).hex(): name for name in ("REGISTRAR_ROLE", "REGULATOR_ROLE")},
}

_NAMES = {"name": "string", "creditCode": "string"}

# The fields of each act by name and ABI type, first those that stand in topics.
_ROLE = {"role": "bytes32", "account": "address", "sender": "address"}
_PARTIES = {"operator": "address", "logKey": "bytes32", "receiptKey": "address"}
_BEGINNING = {"size": "uint64", "root": "bytes32", "predecessor": "bytes32"}
_ACTS: dict[bytes, tuple[str, dict[str, str], dict[str, str]]] = {
    _topic(f"{event}({','.join((*indexed.values(), *held.values()))})"): (event, indexed, held)
    for event, indexed, held in (
        ("RoleGranted", _ROLE, {}),
        ("RoleRevoked", _ROLE, {}),
        (
            "RoleAdminChanged",
            dict.fromkeys(("role", "previousAdminRole", "newAdminRole"), "bytes32"),
            {},
        ),
        ("Opened", {"log": "bytes32"}, {"origin": "string", **_PARTIES, **_BEGINNING}),
        ("Rotated", {"log": "bytes32"}, _PARTIES),
        ("Closed", {"log": "bytes32"}, {"lastGood": "uint64", "successor": "bytes32"}),
    )
}


def logs(deployment: Deployment, first: int, last: int) -> Call[list[Event]]:
    """Ask for every event of both contracts in the blocks `first` to `last`, in one call."""
    wanted = {
        "address": [hexed(deployment.trace_log), hexed(deployment.participants)],
        "fromBlock": hex(first),
        "toBlock": hex(last),
    }

    def read(raw: bytes) -> list[Event]:
        return decode(msgspec.json.decode(raw, type=list[Log]), deployment)

    return Call("eth_getLogs", (wanted,), read)


def registrations(deployment: Deployment, participant: UUID, first: int) -> Call[list[Event]]:
    """Ask for all that Participants said about one participant in block `first` and later."""
    wanted = {
        "address": hexed(deployment.participants),
        "topics": [None, hexed(participant.bytes.ljust(WORD, b"\0"))],
        "fromBlock": hex(first),
        "toBlock": "latest",
    }

    def read(raw: bytes) -> list[Event]:
        return decode(msgspec.json.decode(raw, type=list[Log]), deployment)

    return Call("eth_getLogs", (wanted,), read)


def anchors_in(trace_log: bytes, transaction: bytes) -> Call[list[Anchored]]:
    """Ask for the anchors that one transaction made; none if the node does not have it mined."""

    def read(raw: bytes) -> list[Anchored]:
        receipt = msgspec.json.decode(raw, type=_Receipt | None)
        if receipt is None:
            return []
        found = [anchored(log) for log in receipt.logs if data(log.address, 20) == trace_log]
        return [event for event in found if event is not None]

    return Call("eth_getTransactionReceipt", (hexed(transaction),), read)


def decode(found: list[Log], deployment: Deployment) -> list[Event]:
    """Read log entries, those of kinds we do not follow left out."""
    readers: dict[bytes, Callable[[Log], Event | None]] = {
        deployment.trace_log: lambda log: anchored(log) or administration(log, "TraceLog"),
        deployment.participants: lambda log: (
            registration(log) or administration(log, "Participants")
        ),
    }
    events = []
    for log in found:
        reader = readers.get(data(log.address, 20))
        if reader is None:
            raise MisshapenError(log.address, "a contract of ours")
        event = reader(log)
        if event is not None:
            events.append(event)
    return sorted(events, key=lambda event: (event.block_number, event.log_index))


def anchored(log: Log) -> Anchored | None:
    """Read an anchor; None if the entry is another event of TraceLog."""
    topics = _topics(log)
    if not topics or topics[0] != ANCHORED:
        return None
    _, name, number = _sized(topics, 3)
    words = data(log.data, 3 * WORD)
    return Anchored(
        block_number=quantity(log.block_number),
        block_hash=data(log.block_hash, 32),
        log_index=quantity(log.log_index),
        tx_hash=data(log.transaction_hash, 32),
        log=name,
        number=_int(number),
        old_size=_int(words[:WORD]),
        size=_int(words[WORD : 2 * WORD]),
        root=words[2 * WORD :],
    )


def registration(log: Log) -> Registration | None:
    """Read an event of Participants; None if it is about roles and not about a participant."""
    topics = _topics(log)
    event = _REGISTRATIONS.get(topics[0]) if topics else None
    if event is None:
        return None
    name, credit_code, custodial, next_sequence, ready_at = None, None, None, None, None
    words = data(log.data)
    if event == "Admitted":
        name, credit_code = map(str, facts(_NAMES, words).values())
    elif event in ("KeyAdded", "KeyRecovered", "RecoveryRequested"):
        custodial = bool(_word(words))
    elif event == "KeyRevoked":
        next_sequence = _word(words)
    elif event == "RecoveryApproved":
        ready_at = _word(words)
    bare = event in ("Admitted", "Suspended", "Reinstated")
    _sized(topics, 2 if bare else 3)
    return Registration(
        block_number=quantity(log.block_number),
        block_hash=data(log.block_hash, 32),
        log_index=quantity(log.log_index),
        event=event,
        participant=uuid(topics[1]),
        key=None if bare else address(topics[2]),
        name=name,
        credit_code=credit_code,
        custodial=custodial,
        next_sequence=next_sequence,
        ready_at=ready_at,
    )


def administration(log: Log, contract: str) -> Administration | None:
    """Read an act of an administrator; None if the entry is another event."""
    topics = _topics(log)
    if not topics or topics[0] not in _ACTS:
        return None
    event, indexed, held = _ACTS[topics[0]]
    words = b"".join(_sized(topics, 1 + len(indexed))[1:])
    return Administration(
        block_number=quantity(log.block_number),
        block_hash=data(log.block_hash, 32),
        log_index=quantity(log.log_index),
        contract=contract,
        event=event,
        facts=facts(indexed, words) | facts(held, data(log.data)),
    )


def _topics(log: Log) -> list[bytes]:
    return [data(topic, WORD) for topic in log.topics]


def _sized(topics: list[bytes], count: int) -> list[bytes]:
    if len(topics) != count:
        raise MisshapenError(len(topics), count)
    return topics


def _word(words: bytes) -> int:
    if len(words) < WORD:
        raise MisshapenError(words.hex(), "a word")
    return _int(words[:WORD])


def _int(word: bytes) -> int:
    return int.from_bytes(word, "big")
