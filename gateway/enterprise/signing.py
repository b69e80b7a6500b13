"""What an enterprise states becomes a signed submission's body, on its own machine and with its own key.

Everything is deterministic given the record keys. The gateway makes the same contents from the body and refuses what
differs, so what is sent is what was signed.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
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
    """One thing to state, and its place in the file it came from; every pointer of `conceal` points at something."""

    place: str
    stated: Members
    kind: Kind
    conceal: Sequence[str] = ()


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
                self.participant, given.kind, given.stated, concealed, key, wished=given.conceal
            )
        except InputError as error:
            # A pointer's fault is told at the event it was meant for; its sentence has the pointer.
            inside = error.place.startswith("/event")
            error.place = error.place.removeprefix("/event") if inside else ""
            raise error.under(given.place) from None
        item: Members = {"event": given.stated, "recordKey": key.hex(), "conceal": [*concealed]}
        if given.kind is not Kind.EVENT:
            item["kind"] = int(given.kind)
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


def packs(things: Iterable[Ready], most: int = ITEMS) -> Iterator[list[Ready]]:
    """Divide things among submissions: in order, at most so many in each, none too large to send."""
    pack: list[Ready] = []
    size = 0
    for one in things:
        if pack and (len(pack) == most or size + one.size > MOST_BYTES):
            yield pack
            pack, size = [], 0
        pack.append(one)
        size += one.size + 1
    if pack:
        yield pack
