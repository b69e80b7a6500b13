"""What is asked of a chain's node: each question with the reading of its answer, and nothing about how it travels.

An answer comes from a stranger's machine: whatever `read` is given, it returns facts or raises ValueError, and the
client names the endpoint. Calls are sliced by hand where all words are static; tests hold the slicing to web3.py's.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeAlias, TypeVar
from uuid import UUID

import msgspec

from indexer.chain.abi import strings
from indexer.core.submission import keccak

T_co = TypeVar("T_co", covariant=True)
Tag: TypeAlias = Literal["latest", "finalized"]

WORD = 32
_QUANTITY = re.compile("0x[0-9a-fA-F]{1,64}")
STATUSES = ("unknown", "admitted", "suspended")


class MisshapenError(ValueError):
    """An answer that is not of the shape that was asked for."""

    def __init__(self, found: object, due: object) -> None:
        super().__init__(f"{str(found)[:60]!r} where {due} was due")


@dataclass(frozen=True, slots=True)
class Call(Generic[T_co]):
    """One question. `absent` is the selector of the contract error that means: there is none, so None.

    With `keep` a refusal is the answer instead of being raised, for who only passes answers on.
    """

    method: str
    params: tuple[object, ...]
    read: Callable[[bytes], T_co]
    absent: str = ""
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Header:
    """A block, as far as we need it; `timestamp` is in seconds since 1970."""

    number: int
    hash: bytes
    parent: bytes
    timestamp: int


@dataclass(frozen=True, slots=True)
class Head:
    """Where a log stands on chain; number 0 before its first anchor."""

    number: int
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class LogState:
    """All the contract keeps about a log that readers need; `last_good` is None while it is open."""

    operator: bytes
    log_key: bytes
    receipt_key: bytes
    head: Head
    last_good: int | None
    opened: int


@dataclass(frozen=True, slots=True)
class Party:
    """A participant as the registry names it; status is one of `STATUSES`."""

    name: str
    credit_code: str
    status: str


@dataclass(frozen=True, slots=True)
class Key:
    """A signing key as the registry knows it; `revoked` is the first sequence that no longer counts."""

    participant: UUID
    custodial: bool
    admitted: int
    revoked: int | None


class _Block(msgspec.Struct, rename="camel"):
    number: str
    hash: str
    parent_hash: str
    timestamp: str


def quantity(text: str) -> int:
    """Read a number of JSON-RPC."""
    if not _QUANTITY.fullmatch(text):
        raise MisshapenError(text, "a quantity")
    return int(text, 16)


def data(text: str, size: int | None = None) -> bytes:
    """Read bytes of JSON-RPC, of exactly `size` where it is given."""
    found = bytes.fromhex(text[2:])
    if not text.startswith("0x") or len(text) != 2 + 2 * len(found):
        raise MisshapenError(text, "hex")
    if size is not None and len(found) != size:
        raise MisshapenError(text, f"{size} bytes in hex")
    return found


def address(word: bytes) -> bytes:
    """Take the address out of a word."""
    return word[12:]


def uuid(word: bytes) -> UUID:
    """Take a left-aligned bytes16 out of a word."""
    return UUID(bytes=word[:16])


def selector(signature: str) -> bytes:
    """Name a function or an error as the ABI does."""
    return keccak(signature.encode())[:4]


def hexed(value: bytes) -> str:
    """Write bytes as JSON-RPC has them."""
    return "0x" + value.hex()


def chain_id() -> Call[int]:
    """Ask which chain this is."""
    return Call("eth_chainId", (), _quantity)


def block_number() -> Call[int]:
    """Ask for the newest block's number."""
    return Call("eth_blockNumber", (), _quantity)


def header(at: int | Tag) -> Call[Header | None]:
    """Ask for a block's header by number or tag; None where the node has none."""
    wanted = hex(at) if isinstance(at, int) else at

    def read(raw: bytes) -> Header | None:
        found = _header(raw)
        if found is not None and isinstance(at, int) and found.number != at:
            raise MisshapenError(found.number, at)
        return found

    return Call("eth_getBlockByNumber", (wanted, False), read)


def code(contract: bytes, at: int | Tag = "latest") -> Call[bytes]:
    """Ask for a contract's code."""
    return Call("eth_getCode", (hexed(contract), _place(at)), lambda raw: data(_text(raw)))


def head(trace_log: bytes, log: bytes, at: int | bytes | Tag = "latest") -> Call[Head | None]:
    """Ask TraceLog for a log's head, pinned to a block by its hash; None if the log was never opened."""

    def read(words: list[bytes]) -> Head:
        return Head(_int(words[0]), _int(words[1]), words[2])

    return _view(trace_log, "head(bytes32)", log, at, 3, read, "TraceLogUnknown(bytes32)")


def log_state(
    trace_log: bytes, log: bytes, at: int | bytes | Tag = "latest"
) -> Call[LogState | None]:
    """Ask TraceLog for all about a log; None if it was never opened."""

    def read(words: list[bytes]) -> LogState:
        return LogState(
            operator=address(words[0]),
            log_key=words[1],
            receipt_key=address(words[2]),
            head=Head(_int(words[3]), _int(words[4]), words[5]),
            last_good=_int(words[7]) if _int(words[6]) else None,
            opened=_int(words[10]),
        )

    return _view(trace_log, "logOf(bytes32)", log, at, 11, read, "TraceLogUnknown(bytes32)")


def served(trace_log: bytes, log: bytes, account: bytes) -> Call[tuple[bool, bool]]:
    """Ask TraceLog whether an account is or was a log's operator, and whether its receipt key."""

    def read(words: list[bytes]) -> tuple[bool, bool]:
        return bool(_int(words[0])), bool(_int(words[1]))

    arguments = log + account.rjust(WORD, b"\0")
    return _view(trace_log, "served(bytes32,address)", arguments, "latest", 2, read)


def key_of(participants: bytes, key: bytes, at: int | bytes | Tag = "latest") -> Call[Key | None]:
    """Ask the registry whose a key is; None if it is nobody's."""

    def read(words: list[bytes]) -> Key | None:
        owner = uuid(words[0])
        if not owner.int:
            return None
        revoked = _int(words[4]) if _int(words[3]) else None
        return Key(owner, bool(_int(words[1])), _int(words[2]), revoked)

    return _view(participants, "keyOf(address)", key.rjust(WORD, b"\0"), at, 5, read)


def participant_of(
    participants: bytes, participant: UUID, at: int | bytes | Tag = "latest"
) -> Call[Party | None]:
    """Ask the registry for a participant; None if it knows none."""

    def read(raw: bytes) -> Party | None:
        name, credit_code, status = strings(("string", "string", "uint8"), data(_text(raw)))
        if not 0 <= status < len(STATUSES):
            raise MisshapenError(status, "a status")
        return Party(name, credit_code, STATUSES[status]) if status else None

    return _eth_call(
        participants, "participantOf(bytes16)", participant.bytes.ljust(WORD, b"\0"), at, read
    )


def _view(
    contract: bytes,
    signature: str,
    argument: bytes,
    at: int | bytes | Tag,
    count: int,
    read: Callable[[list[bytes]], T_co],
    absent: str = "",
) -> Call[T_co]:
    def slices(raw: bytes) -> T_co:
        found = data(_text(raw), count * WORD)
        return read([found[i : i + WORD] for i in range(0, len(found), WORD)])

    return _eth_call(contract, signature, argument, at, slices, absent)


def _eth_call(
    contract: bytes,
    signature: str,
    argument: bytes,
    at: int | bytes | Tag,
    read: Callable[[bytes], T_co],
    absent: str = "",
) -> Call[T_co]:
    call = {"to": hexed(contract), "data": hexed(selector(signature) + argument)}
    none = hexed(selector(absent)) if absent else ""
    return Call("eth_call", (call, _place(at)), read, none)


def _place(at: int | bytes | Tag) -> object:
    """Name a block: by its hash as EIP-1898 does, so that no reorg slips between two questions."""
    if isinstance(at, bytes):
        return {"blockHash": hexed(at)}
    return hex(at) if isinstance(at, int) else at


def _text(raw: bytes) -> str:
    return msgspec.json.decode(raw, type=str)


def _quantity(raw: bytes) -> int:
    return quantity(_text(raw))


def _int(word: bytes) -> int:
    return int.from_bytes(word, "big")


def _header(raw: bytes) -> Header | None:
    block = msgspec.json.decode(raw, type=_Block | None)
    if block is None:
        return None
    return Header(
        quantity(block.number),
        data(block.hash, 32),
        data(block.parent_hash, 32),
        quantity(block.timestamp),
    )
