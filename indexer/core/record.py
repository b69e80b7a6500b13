"""One statement of one participant, from the content that is hashed to the leaves that enter the log.

The digest is taken over content alone, so a record means the same in every log; record ids are handles and appear in
nothing that is hashed. Every byte layout here is frozen (FORMATS.md, Record and Log).
"""

import re
from enum import IntEnum
from hashlib import sha256
from hmac import digest as hmac
from uuid import UUID

from indexer.core import base64url, canonical
from indexer.core.canonical import Json, Members
from indexer.core.errors import InputError

TYPE = "suyuan/record/v1"
KEY_SIZE = 32

_LEAF_VERSION = b"\x01"
_SUBMISSION_LEAF = b"\x00"
_HEX = re.compile(r"[0-9a-f]{64}\Z")
_BLIND = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]\Z")


class Kind(IntEnum):
    """What a record is about. 6 is reserved for a map's root."""

    EVENT = 1
    MASTER_DATA = 2
    AMENDMENT = 3
    WITHDRAWAL = 4
    ERASURE = 5


_AMENDING = frozenset({Kind.AMENDMENT, Kind.WITHDRAWAL, Kind.ERASURE})
_REQUIRED = frozenset({"type", "participant", "kind", "schema", "blind", "body"})


class RecordKeyError(InputError):
    """A record key that is not 32 bytes."""

    code = "RECORD_KEY_SIZE"
    sentence = "a record key has 32 bytes, this one has {size}"


class AmendsError(InputError):
    """A record that should name another and does not, or the other way round."""

    code = "RECORD_AMENDS"
    sentence = "records of kind 3 to 5 name the digest of the record they amend, and no others do"


class UnknownKindError(InputError):
    """A kind of record this version does not know."""

    code = "RECORD_KIND_UNKNOWN"
    sentence = "{kind} is not a kind of record"


class MisshapenContentError(InputError):
    """Content that is not of the frozen shape."""

    code = "RECORD_MISSHAPEN"
    sentence = "the content is not that of a record at {place!r}"


class MisshapenLeafError(InputError):
    """A number or hash that does not fit its place in a leaf."""

    code = "LEAF_MISSHAPEN"
    sentence = "{field} does not fit into a leaf"


def content(
    participant: UUID,
    kind: int,
    schema: str,
    body: Json,
    key: bytes,
    amends: bytes | None = None,
) -> Members:
    """Compose what is hashed from a body whose concealed fields are already replaced.

    `key` is the record key: it blinds the digest, so that nobody can guess a body from it.
    """
    if kind not in set(Kind):
        raise UnknownKindError(place="/kind", kind=kind)
    if (kind in _AMENDING) != (amends is not None):
        raise AmendsError(place="/amends")
    canonical.check_depth(body, canonical.DEPTH - 1, "/body")
    made: Members = {
        "type": TYPE,
        "participant": str(participant),
        "kind": int(kind),
        "schema": schema,
        "blind": blind(key),
        "body": body,
    }
    if amends is not None:
        made["amends"] = _sized(amends, 32, "amends").hex()
    return made


def check(made: Json) -> None:
    """Refuse content, as a stranger hands it over, that is not of the shape `content` composes."""
    if not isinstance(made, dict):
        raise MisshapenContentError(place="")
    kind = made.get("kind")
    if isinstance(kind, bool) or not isinstance(kind, int) or kind not in set(Kind):
        raise UnknownKindError(place="/kind", kind=kind)
    wanted = _REQUIRED | {"amends"} if kind in _AMENDING else _REQUIRED
    for name in sorted(wanted ^ made.keys()):
        raise MisshapenContentError(place=f"/{name}")
    for name, sound in (
        ("type", made["type"] == TYPE),
        ("participant", _is_uuid(made["participant"])),
        ("schema", isinstance(made["schema"], str) and made["schema"] != ""),
        ("blind", _matches(_BLIND, made["blind"])),
        ("amends", _matches(_HEX, made.get("amends", "0" * 64))),
        ("body", isinstance(made["body"], dict)),
    ):
        if not sound:
            raise MisshapenContentError(place=f"/{name}")


def digest(made: Members) -> bytes:
    """Hash content in its canonical spelling, 32 bytes."""
    return sha256(canonical.encode(made)).digest()


def blind(key: bytes) -> str:
    """Derive the member that makes equal bodies unequal."""
    return base64url.encode(hmac(check_key(key), b"suyuan/blind/v1", "sha256")[:16])


def check_key(key: bytes) -> bytes:
    """Hand back a record key that has its 32 bytes."""
    if len(key) != KEY_SIZE:
        raise RecordKeyError(place="/recordKey", size=len(key))
    return key


def submission_leaf(
    participant: UUID, key: bytes, sequence: int, count: int, root: bytes, signature: bytes
) -> bytes:
    """Lay out the leaf that goes before a submission's records, 147 bytes; `key` is the signer's address."""
    return (
        _LEAF_VERSION
        + _SUBMISSION_LEAF
        + participant.bytes
        + _sized(key, 20, "key")
        + _number(sequence, 8, "sequence")
        + _number(count, 4, "count")
        + _sized(root, 32, "root")
        + _sized(signature, 65, "signature")
    )


def record_leaf(kind: int, received_at_ms: int, digest: bytes) -> bytes:
    """Lay out one record's leaf, 42 bytes."""
    return (
        _LEAF_VERSION
        + _number(kind, 1, "kind")
        + _number(received_at_ms, 8, "receivedAt")
        + _sized(digest, 32, "digest")
    )


def _sized(value: bytes, size: int, field: str) -> bytes:
    if len(value) != size:
        raise MisshapenLeafError(place=f"/{field}", field=field)
    return value


def _number(value: int, size: int, field: str) -> bytes:
    if not 0 <= value < 1 << 8 * size:
        raise MisshapenLeafError(place=f"/{field}", field=field)
    return value.to_bytes(size, "big")


def _matches(pattern: re.Pattern[str], value: Json) -> bool:
    return isinstance(value, str) and pattern.match(value) is not None


def _is_uuid(value: Json) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False
