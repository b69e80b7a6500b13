"""A submission's body becomes drafts of records: read, checked, concealed and hashed, with nothing stored yet.

Whatever is wrong is found before anything is signed, and everything wrong is told at once, each thing by its place in
the body. A draft is final in all that is hashed; place in a sequence and signature are intake's, or come with the body
of who has a key of its own: then nothing is concealed here that its sender did not conceal.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from gateway import concealment, declaring, statement
from gateway.declaring import Declared, Known
from gateway.statement import Item, ItemShapeError
from gateway.vault import Vault
from indexer.core import event, record
from indexer.core.canonical import Json, Members
from indexer.core.errors import InputError
from indexer.core.submission import SEQUENCE_LIMIT
from indexer.core.topics import TopicFaultsError
from indexer.store import ledger

MOST_FAULTS: Final = 20

_OF_OWN_KEYS = ("sequence", "key", "signature")
_MEMBERS = frozenset({"items", *_OF_OWN_KEYS})


class BodyShapeError(InputError):
    """A body that is not a submission's."""

    code = "SUBMISSION_SHAPE"
    sentence = (
        "a submission is an object with a list `items` of at least one item: {place!r} is not so"
    )


class TooManyItemsError(InputError):
    """More items than one submission may have."""

    code = "TOO_MANY_ITEMS"
    sentence = "a submission has at most {limit} items, this one has {count}"


class SignatureIncompleteError(InputError):
    """A submission that is half signed."""

    code = "SIGNATURE_INCOMPLETE"
    sentence = (
        "a signed submission has sequence, key and signature, an unsigned one none: {place} lacks"
    )


class ConcealmentRequiredError(InputError):
    """A field that the published list requires to be concealed was signed in the open."""

    code = "CONCEALMENT_REQUIRED"
    sentence = (
        "the published list requires {place} to be concealed before it is signed, "
        "and `conceal` does not name {pointer!r}"
    )


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
    """One record as it will be stored; `names` are its index values, each with whether it is concealed.

    `amends` is the digest of the record that one of kind 3 to 5 amends.
    """

    kind: int
    content: bytes
    digest: bytes
    key: bytes = field(repr=False)
    disclosures: list[str] = field(repr=False)
    names: frozenset[tuple[bytes, bool]]
    amends: bytes | None = None


@dataclass(frozen=True)
class Signed:
    """What a participant with a key of its own claims: the key, its count of submissions, and its signature."""

    sequence: int
    key: bytes
    signature: bytes


@dataclass(frozen=True)
class Sent:
    """A body as it was read; without `signed` the platform is to sign.

    `misplaced` is what is wrong with it unless it was taken in before.
    """

    drafts: list[Draft]
    signed: Signed | None
    misplaced: InputError | None = None


def declared(value: Json) -> list[Declared]:
    """List which events a body's error declarations are about, where they do not say it by digest."""
    items = value.get("items") if isinstance(value, dict) else None
    found = [declaring.read(item) for item in items] if isinstance(items, list) else []
    return [one for one in found if one is not None]


def read(
    value: Json,
    participant: UUID,
    vault: Vault,
    limits: Limits,
    known: Known | None = None,
) -> Sent:
    """Read a submission's body and make its records, or name everything that is wrong with it.

    `known` gives the records that `declared` asked for.
    """
    if not isinstance(value, dict):
        raise BodyShapeError
    statement.check_members(value, _MEMBERS)
    signed = _signed(value)
    made: list[Draft] = []
    faults: list[InputError] = []
    for number, item in enumerate(_items(value, limits)):
        try:
            settled = item if signed else declaring.settle(item, known or {})
            given = statement.read(settled, signed=signed is not None)
            made.append(_draft(given, participant, vault, limits))
        except InputError as error:
            found = error.faults if isinstance(error, TopicFaultsError) else [error]
            faults += [one.under(f"/items/{number}") for one in found]
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise RefusedError(faults=faults[:MOST_FAULTS], count=len(faults))
    return Sent(made, signed, _misplaced(value, known or {}) if signed else None)


def _misplaced(body: Members, known: Known) -> InputError | None:
    items = body["items"]
    for number, item in enumerate(items if isinstance(items, list) else []):
        if wrong := declaring.misplaced(item, known):
            return wrong.under(f"/items/{number}")
    return None


def _signed(body: Members) -> Signed | None:
    there = [name for name in _OF_OWN_KEYS if name in body]
    if not there:
        return None
    for name in _OF_OWN_KEYS:
        if name not in there:
            raise SignatureIncompleteError(place=f"/{name}")
    sequence = body["sequence"]
    if type(sequence) is not int or not 0 <= sequence < SEQUENCE_LIMIT:
        raise ItemShapeError(place="/sequence", wanted="an integer from 0 to below 2^53")
    key = statement.sized(body["key"], 20, "/key")
    return Signed(sequence, key, statement.sized(body["signature"], 65, "/signature"))


def _items(body: Members, limits: Limits) -> list[Json]:
    items = body.get("items")
    if not isinstance(items, list) or not items:
        raise BodyShapeError(place="/items")
    if len(items) > limits.items:
        raise TooManyItemsError(place="/items", limit=limits.items, count=len(items))
    return items


def _draft(given: Item, participant: UUID, vault: Vault, limits: Limits) -> Draft:
    statement.check(given.stated, given.kind)
    concealed = _concealed(given)
    key = given.key or secrets.token_bytes(record.KEY_SIZE)
    made = statement.make(
        participant,
        given.kind,
        given.stated,
        concealed,
        key,
        wished=given.conceal,
        amends=given.amends,
    )
    if len(made.content) > limits.record_bytes:
        raise RecordTooLargeError(limit=limits.record_bytes, size=len(made.content))
    return Draft(
        kind=int(given.kind),
        content=made.content,
        digest=made.digest,
        key=key,
        disclosures=made.disclosures,
        names=frozenset(_names(given, made.members, participant, vault)),
        amends=given.amends,
    )


def _concealed(given: Item) -> list[str]:
    """List what is concealed: by us with all that is required, by who signs itself exactly as it says."""
    schema = statement.schema(given.stated, given.kind)
    if given.key is None:
        return concealment.pointers(given.stated, schema, given.conceal)
    lacking = concealment.lacking(given.stated, schema, given.conceal)
    if lacking:
        raise ConcealmentRequiredError(place=f"/event{lacking[0]}", pointer=lacking[0])
    return given.conceal


def _names(
    given: Item, content: Members, participant: UUID, vault: Vault
) -> Iterator[tuple[bytes, bool]]:
    """Index what the content names openly as its readers find it, and everything else that was stated as concealed."""
    visible = {ledger.spelt(naming) for naming in event.named(content)}
    whole = {**content, "body": given.stated}
    stated = {ledger.spelt(naming) for naming in event.named(whole)}
    for name in visible:
        yield ledger.name(name), False
    for name in stated - visible:
        yield vault.concealed_name(name), True
    plain = set(ledger.others(content))
    for other in plain:
        yield other, False
    hidden = str(given.stated.get("eventID"))
    if ledger.identified(str(participant), hidden) in {*ledger.others(whole)} - plain:
        yield vault.concealed_event(participant, hidden), True
