"""One item of a submission becomes the content that is hashed, by the same hand wherever it is made.

Who signs with a key of its own makes a record's content on its own machine, and the gateway makes it again from what
was sent: event, pointers, record key. Both must come to the same bytes, so this is all there is of it and it needs
neither store nor vault. Disclosures stand in the pointers' order.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from uuid import UUID

from indexer.core import canonical, disclosure, event, masterdata, pointer, record, retraction
from indexer.core.canonical import Json, Members
from indexer.core.errors import InputError
from indexer.core.record import Kind

AMENDING: Final = frozenset({Kind.AMENDMENT, Kind.WITHDRAWAL, Kind.ERASURE})

_ITEM = frozenset({"event", "kind", "amends", "recordKey", "conceal"})
_HEX = re.compile(r"(?:[0-9a-f]{2})*\Z", re.ASCII)


class UnknownMemberError(InputError):
    """A member nobody reads, and which would silently be lost."""

    code = "UNKNOWN_MEMBER"
    sentence = "nothing is known of the member at {place}"


class RecordKeyGivenError(InputError):
    """A record key from somebody on whose behalf the platform conceals and signs."""

    code = "RECORD_KEY_GIVEN"
    sentence = "the record key is made by whoever signs, which is the platform: leave {place} out"


class ItemShapeError(InputError):
    """A member of a submission or of its item that is not of its type."""

    code = "ITEM_SHAPE"
    sentence = "{place} is not {wanted}"


class KindDiffersError(InputError):
    """An event sent as master data, or the other way round."""

    code = "KIND_DIFFERS"
    sentence = "{place} is one of master data ({types}) if and only if the item's kind is 2, or 3 to correct one"


class DeclarationCorrectsError(InputError):
    """A correction that is an error declaration: what was right instead is said without one."""

    code = "DECLARATION_CORRECTS"
    sentence = "{place} takes an event back and corrects none: kind 4 withdraws, kind 3 states what was right"


@dataclass(frozen=True)
class Item:
    """An item as it was sent; `key` is the record key of one that its sender signed, else None.

    `amends` is the digest of the record that one of kind 3 to 5 amends.
    """

    stated: Members
    kind: Kind
    conceal: list[str]
    amends: bytes | None
    key: bytes | None = field(repr=False)


@dataclass(frozen=True)
class Statement:
    """What is hashed, and what opens it."""

    members: Members
    content: bytes
    digest: bytes
    disclosures: list[str] = field(repr=False)


def read(item: Json, *, signed: bool) -> Item:
    """Read one item: `signed` ones bring their record key, others must not."""
    if not isinstance(item, dict):
        raise ItemShapeError(wanted="an object")
    check_members(item, _ITEM)
    if not signed and "recordKey" in item:
        raise RecordKeyGivenError(place="/recordKey")
    kind = _kind(item.get("kind", 1))
    if (kind in AMENDING) != ("amends" in item):
        raise record.AmendsError(place="/amends")
    amends = sized(item["amends"], 32, "/amends") if "amends" in item else None
    stated = item.get("event")
    if not isinstance(stated, dict):
        raise ItemShapeError(place="/event", wanted="an object")
    key = sized(item.get("recordKey"), record.KEY_SIZE, "/recordKey") if signed else None
    return Item(stated, kind, _pointers(item.get("conceal", [])), amends, key)


def schema(stated: Members, kind: Kind) -> str:
    """Tell of which schema the body of a record is."""
    if kind is Kind.ERASURE:
        return retraction.ERASURE
    if kind is Kind.WITHDRAWAL and "errorDeclaration" not in stated:
        return retraction.WITHDRAWAL
    master = masterdata.of(stated)
    return master.name if master else event.SCHEMA


def check(stated: Members, kind: Kind) -> None:
    """Refuse what may not be recorded, by its place below `/event`."""
    master = masterdata.of(stated) is not None
    if kind is not Kind.AMENDMENT and master != (kind is Kind.MASTER_DATA):
        raise KindDiffersError(place="/event/type", types=", ".join(masterdata.SCHEMAS))
    if kind is Kind.AMENDMENT and event.void(stated):
        raise DeclarationCorrectsError(place="/event/errorDeclaration")
    try:
        _CHECKS[schema(stated, kind), kind is Kind.WITHDRAWAL](stated)
    except InputError as error:
        raise error.under("/event") from None


def make(
    participant: UUID,
    kind: Kind,
    stated: Members,
    concealed: Sequence[str],
    key: bytes,
    *,
    wished: Sequence[str] | None = None,
    amends: bytes | None = None,
) -> Statement:
    """Conceal exactly what `concealed` points at and hash the content; faults of pointers count in `wished`."""
    try:
        body, disclosures = disclosure.conceal(stated, concealed, key)
    except InputError as error:
        # Its places count in a list that may be longer than the wishes; what it refuses is always a wish.
        named = error.facts.get("pointer")
        if wished is not None and named in wished and error.place.startswith("/conceal/"):
            error.place = f"/conceal/{list(wished).index(str(named))}"
        raise
    members = record.content(participant, kind, schema(stated, kind), body, key, amends)
    content = canonical.encode(members)
    return Statement(members, content, sha256(content).digest(), disclosures)


def check_members(value: Members, known: frozenset[str]) -> None:
    """Refuse a member that nobody reads."""
    for name in value:
        if name not in known:
            raise UnknownMemberError(place=pointer.escape(name))


def sized(value: Json, size: int, place: str) -> bytes:
    """Read `size` bytes in hex."""
    if not isinstance(value, str) or len(value) != 2 * size or not _HEX.match(value):
        raise ItemShapeError(place=place, wanted=f"{size} bytes in lower-case hex without 0x")
    return bytes.fromhex(value)


def _kind(kind: Json) -> Kind:
    if type(kind) is not int or kind not in set(Kind):
        raise record.UnknownKindError(place="/kind", kind=kind)
    return Kind(kind)


def _pointers(wishes: Json) -> list[str]:
    if not isinstance(wishes, list):
        raise ItemShapeError(place="/conceal", wanted="a list of JSON Pointers")
    for number, wish in enumerate(wishes):
        if not isinstance(wish, str):
            raise ItemShapeError(place=f"/conceal/{number}", wanted="a JSON Pointer")
    return [str(wish) for wish in wishes]


# By schema, and whether it is a withdrawal: an error declaration is an event and yet none.
_CHECKS: Final[dict[tuple[str, bool], Callable[[Members], None]]] = {
    (event.SCHEMA, False): event.check,
    **{(one.name, False): event.check for one in masterdata.SCHEMAS.values()},
    (event.SCHEMA, True): event.check_declaration,
    (retraction.WITHDRAWAL, True): retraction.check_withdrawal,
    (retraction.ERASURE, False): retraction.check_erasure,
}
