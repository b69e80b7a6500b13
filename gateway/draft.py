"""A submission's body becomes drafts of records: read, checked, concealed and hashed, with nothing stored yet.

Whatever is wrong is found before anything is signed, and everything wrong is told at once, each thing by its place in
the body. A draft is final in all that is hashed; the place in a sequence and the signature are intake's.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from uuid import UUID

from gateway import concealment
from gateway.vault import Vault
from indexer.core import canonical, code, disclosure, event, product, record
from indexer.core.canonical import Json, Members
from indexer.core.errors import InputError
from indexer.core.record import Kind
from indexer.store import ledger

SCHEMAS: Final = {Kind.EVENT: event.SCHEMA, Kind.MASTER_DATA: product.SCHEMA}
MOST_FAULTS: Final = 20

_MEMBERS = frozenset({"items", "sequence", "key", "signature"})
_OF_OWN_KEYS = ("sequence", "key", "signature")
_ITEM = frozenset({"event", "kind", "amends", "recordKey", "conceal"})


class BodyShapeError(InputError):
    """A body that is not a submission's."""

    code = "SUBMISSION_SHAPE"
    sentence = (
        "a submission is an object with a list `items` of at least one item: {place!r} is not so"
    )


class UnknownMemberError(InputError):
    """A member nobody reads, and which would silently be lost."""

    code = "UNKNOWN_MEMBER"
    sentence = "nothing is known of the member at {place}"


class TooManyItemsError(InputError):
    """More items than one submission may have."""

    code = "TOO_MANY_ITEMS"
    sentence = "a submission has at most {limit} items, this one has {count}"


class OwnKeysLaterError(InputError):
    """A submission that its sender signed, which this version does not take yet."""

    code = "OWN_KEYS_LATER"
    sentence = "keys of one's own are not taken yet: send {place} no more, and the platform signs on your behalf"


class RecordKeyGivenError(InputError):
    """A record key from somebody on whose behalf the platform conceals and signs."""

    code = "RECORD_KEY_GIVEN"
    sentence = "the record key is made by whoever signs, which is the platform: leave {place} out"


class AmendmentsLaterError(InputError):
    """An amendment, withdrawal or erasure, which this version does not take yet."""

    code = "AMENDMENTS_LATER"
    sentence = "only events (kind 1) and master data (kind 2) are taken yet: {place} asks for more"


class ItemShapeError(InputError):
    """A member of an item that is not of its type."""

    code = "ITEM_SHAPE"
    sentence = "{place} is not {wanted}"


class KindDiffersError(InputError):
    """An event sent as master data, or the other way round."""

    code = "KIND_DIFFERS"
    sentence = "{place} is of type Product if and only if the item's kind is 2"


class RecordTooLargeError(InputError):
    """A record beyond the limit."""

    code = "RECORD_TOO_LARGE"
    sentence = "a record has at most {limit} bytes, the one at {place} has {size}"


class RefusedError(InputError):
    """Several things are wrong with one submission; `faults` are the first twenty."""

    code = "SUBMISSION_REFUSED"
    sentence = "{count} things are wrong, the first at {place}: {first}"

    def __init__(self, *, faults: Sequence[InputError], count: int) -> None:
        self.faults = tuple(faults)
        super().__init__(place=faults[0].place, count=count, first=str(faults[0]))


@dataclass(frozen=True)
class Limits:
    """The largest of what is taken."""

    items: int
    record_bytes: int


@dataclass(frozen=True)
class Draft:
    """One record as it will be stored; `names` are its codes' index values, each with whether it is concealed."""

    kind: int
    content: bytes
    digest: bytes
    key: bytes = field(repr=False)
    disclosures: list[str] = field(repr=False)
    names: frozenset[tuple[bytes, bool]]


def drafts(body: bytes, participant: UUID, vault: Vault, limits: Limits) -> list[Draft]:
    """Read a submission's body and make its records, or name everything that is wrong with it."""
    made: list[Draft] = []
    faults: list[InputError] = []
    count = 0
    for number, item in enumerate(_items(canonical.decode(body), limits)):
        try:
            made.append(_draft(item, participant, vault, limits))
        except InputError as error:
            count += 1
            if len(faults) < MOST_FAULTS:
                faults.append(error.under(f"/items/{number}"))
    if count == 1:
        raise faults[0]
    if faults:
        raise RefusedError(faults=faults, count=count)
    return made


def _items(body: Json, limits: Limits) -> list[Json]:
    if not isinstance(body, dict):
        raise BodyShapeError
    _check_members(body, _MEMBERS)
    for name in _OF_OWN_KEYS:
        if name in body:
            raise OwnKeysLaterError(place=f"/{name}")
    items = body.get("items")
    if not isinstance(items, list) or not items:
        raise BodyShapeError(place="/items")
    if len(items) > limits.items:
        raise TooManyItemsError(place="/items", limit=limits.items, count=len(items))
    return items


def _check_members(value: Members, known: frozenset[str]) -> None:
    for name in value:
        if name not in known:
            raise UnknownMemberError(place="/" + name.replace("~", "~0").replace("/", "~1"))


def _draft(item: Json, participant: UUID, vault: Vault, limits: Limits) -> Draft:
    stated, kind, wished = _item(item)
    _check_event(stated, kind)
    schema = SCHEMAS[kind]
    key = secrets.token_bytes(record.KEY_SIZE)
    concealed = concealment.pointers(stated, schema, wished)
    body, disclosures = _conceal(stated, concealed, wished, key)
    content = canonical.encode(record.content(participant, kind, schema, body, key))
    if len(content) > limits.record_bytes:
        raise RecordTooLargeError(limit=limits.record_bytes, size=len(content))
    return Draft(
        kind=int(kind),
        content=content,
        digest=sha256(content).digest(),
        key=key,
        disclosures=disclosures,
        names=frozenset(_names(stated, concealed, vault)),
    )


def _item(item: Json) -> tuple[Members, Kind, list[str]]:
    if not isinstance(item, dict):
        raise ItemShapeError(wanted="an object")
    _check_members(item, _ITEM)
    if "recordKey" in item:
        raise RecordKeyGivenError(place="/recordKey")
    if "amends" in item:
        raise AmendmentsLaterError(place="/amends")
    stated = item.get("event")
    if not isinstance(stated, dict):
        raise ItemShapeError(place="/event", wanted="an object")
    return stated, _kind(item.get("kind", 1)), _wished(item.get("conceal", []))


def _kind(kind: Json) -> Kind:
    if type(kind) is not int or kind not in set(Kind):
        raise record.UnknownKindError(place="/kind", kind=kind)
    if kind not in SCHEMAS:
        raise AmendmentsLaterError(place="/kind")
    return Kind(kind)


def _wished(wishes: Json) -> list[str]:
    if not isinstance(wishes, list):
        raise ItemShapeError(place="/conceal", wanted="a list of JSON Pointers")
    for number, wish in enumerate(wishes):
        if not isinstance(wish, str):
            raise ItemShapeError(place=f"/conceal/{number}", wanted="a JSON Pointer")
    return [str(wish) for wish in wishes]


def _check_event(stated: Members, kind: Kind) -> None:
    if (stated.get("type") == "Product") != (kind is Kind.MASTER_DATA):
        raise KindDiffersError(place="/event/type")
    try:
        event.check(stated)
    except InputError as error:
        raise error.under("/event") from None


def _conceal(
    stated: Members, concealed: list[str], wished: list[str], key: bytes
) -> tuple[Members, list[str]]:
    try:
        return disclosure.conceal(stated, concealed, key)
    except InputError as error:
        # Its places count in our longer list; what it refuses is always a wish.
        named = error.facts.get("pointer")
        if named in wished and error.place.startswith("/conceal/"):
            error.place = f"/conceal/{wished.index(str(named))}"
        raise


def _names(stated: Members, concealed: list[str], vault: Vault) -> Iterator[tuple[bytes, bool]]:
    for naming in event.names(stated):
        canonical_code = code.canonical(naming.code)
        if naming.pointer in concealed or concealment.inside(naming.pointer, concealed):
            yield vault.concealed_name(canonical_code), True
        else:
            yield ledger.name(canonical_code), False
