"""What an enterprise states becomes a signed submission's body, on its own machine and with its own key.

Everything is deterministic given the record keys. The gateway makes the same contents from the body and refuses what
differs, so what is sent is what was signed.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from gateway import concealment, statement
from gateway.statement import Statement
from indexer.core import canonical, record, submission
from indexer.core.canonical import Members
from indexer.core.errors import InputError
from indexer.core.record import Kind
from indexer.core.submission import Submission

# A gateway takes bodies of 4 MiB by default; what goes around the items fits into the rest.
MOST_BYTES: Final = 3 << 20
ITEMS: Final = 100


class TooLargeToSendError(InputError):
    """One item that alone fills more than a body may have."""

    code = "ITEM_TOO_LARGE"
    sentence = "the item at {place} has {size} bytes, more than the {limit} that are sent at once"


@dataclass(frozen=True)
class Given:
    """One thing to state, and its place in the file it came from; every pointer of `conceal` points at something.

    `amends` is the digest of the record that one of kind 3 to 5 amends.
    """

    place: str
    stated: Members
    kind: Kind
    conceal: Sequence[str] = ()
    amends: bytes | None = None


@dataclass(frozen=True)
class Ready:
    """One thing concealed and hashed; `item` is how it travels."""

    item: Members = field(repr=False)
    statement: Statement
    size: int


@dataclass(frozen=True)
class Signed:
    """One signed submission, exactly as it is sent, however often."""

    sequence: int
    count: int
    root: bytes
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Signer:
    """Who signs, and for which log; the key of 32 bytes does not show."""

    log: bytes
    participant: UUID
    private_key: bytes = field(repr=False)

    def ready(self, given: Given, key: bytes | None = None) -> Ready:
        """Check, conceal and hash one thing under a record key, fresh unless a test brings one."""
        key = key or secrets.token_bytes(record.KEY_SIZE)
        try:
            statement.check(given.stated, given.kind)
            schema = statement.schema(given.stated, given.kind)
            concealed = concealment.pointers(given.stated, schema, given.conceal)
            made = statement.make(
                self.participant,
                given.kind,
                given.stated,
                concealed,
                key,
                wished=given.conceal,
                amends=given.amends,
            )
        except InputError as error:
            # A pointer's fault is told at the event it was meant for; its sentence has the pointer.
            inside = error.place.startswith("/event")
            raise error.moved("/event" if inside else error.place, given.place) from None
        item: Members = {"event": given.stated, "recordKey": key.hex(), "conceal": [*concealed]}
        if given.kind is not Kind.EVENT:
            item["kind"] = int(given.kind)
        if given.amends is not None:
            item["amends"] = given.amends.hex()
        size = len(canonical.encode(item))
        if size > MOST_BYTES:
            raise TooLargeToSendError(place=given.place, size=size, limit=MOST_BYTES)
        return Ready(item, made, size)

    def sign(self, sequence: int, things: Sequence[Ready]) -> Signed:
        """Sign these things, in this order, as the key's submission of that sequence."""
        root = submission.root([one.statement.digest for one in things])
        said = Submission(self.log, self.participant, sequence, len(things), root)
        body: Members = {
            "sequence": sequence,
            "key": submission.address(self.private_key).hex(),
            "signature": submission.sign(said.signing_hash(), self.private_key).hex(),
            "items": [one.item for one in things],
        }
        return Signed(sequence, said.count, root, canonical.encode(body))

    def again(self, sequence: int, body: bytes) -> Signed:
        """Sign the records of a submission, key for key the same, as the key's submission of another sequence."""
        sent: Any = canonical.decode(body)
        things = []
        for item in sent["items"]:
            given = statement.read(item, signed=True)
            made = Given("", given.stated, given.kind, tuple(given.conceal), given.amends)
            things.append(self.ready(made, given.key))
        return self.sign(sequence, things)


def packs(things: Iterable[Ready], most: int = ITEMS) -> Iterator[list[Ready]]:
    """Divide things among submissions: in order, at most so many in each, none too large to send.

    What amends goes apart from what does not, for it may have to wait for a review.
    """
    pack: list[Ready] = []
    size = 0
    for one in things:
        full = len(pack) == most or size + one.size > MOST_BYTES
        if pack and (full or ("amends" in one.item) != ("amends" in pack[-1].item)):
            yield pack
            pack, size = [], 0
        pack.append(one)
        size += one.size + 1
    if pack:
        yield pack
