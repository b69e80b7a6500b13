"""What a reader may see of what records conceal: its own everything, of others what names a code it knows already.

Whoever holds a piece in hand knows its serial number, so a disclosure that names it gives nothing away, and so does one
that names what opened records led to; the serial numbers beside it on a pallet stay digests. Nothing that fails to open
is an error to the reader.
"""

from collections.abc import Iterable, Iterator, Sequence, Set
from uuid import UUID

from sqlalchemy import Connection, func, select

from gateway.vault import Vault, open_disclosures
from indexer.core import base64url, canonical, code, disclosure
from indexer.core.canonical import Json, Members
from indexer.core.errors import EvidenceError, InputError
from indexer.store import tables


class Opener:
    """Opens records for one reader, a participant or None; each record's seal is broken once."""

    def __init__(self, connection: Connection, vault: Vault, reader: UUID | None) -> None:
        self._connection = connection
        self.vault = vault
        self._reader = reader
        self._opened: dict[UUID, list[tuple[str, Set[str]]]] = {}

    def read(self, owners: Iterable[tuple[UUID, UUID]]) -> None:
        """Open these records, each beside the participant who stated it, for `disclosures` to choose from."""
        owned = dict(owners)
        for record, whole in everything(self._connection, self.vault, list(owned)).items():
            own = self._reader is not None and owned[record] == self._reader
            self._opened[record] = [(one, {""} if own else _codes(one)) for one in whole]

    def holds(self, record: UUID) -> bool:
        """Tell whether a record that was read conceals anything that opens."""
        return record in self._opened

    def disclosures(self, record: UUID, known: Set[str]) -> list[str]:
        """List what the reader may see of a record that was read, knowing these canonical codes."""
        opened = self._opened.get(record, ())
        return [one for one, codes in opened if "" in codes or not known.isdisjoint(codes)]


def everything(
    connection: Connection, vault: Vault, records: Sequence[UUID]
) -> dict[UUID, list[str]]:
    """List by record all that it conceals, for whoever stated it."""
    sealed, keys = tables.sealed.c, tables.record_key.c
    query = (
        select(sealed.record, sealed.disclosures, keys.wrapped)
        .join(tables.record_key, keys.record == sealed.record)
        .where(sealed.record == func.any(list(records)))
    )
    opened: dict[UUID, list[str]] = {}
    for row in connection.execute(query):
        try:
            key = vault.open_record_key(row.record, row.wrapped)
            opened[row.record] = open_disclosures(row.record, key, row.disclosures)
        except EvidenceError:
            # A broken seal hides what it sealed; the record's signature still stands or falls by itself.
            continue
    return opened


def revealed(body: Json, opened: Sequence[str]) -> Members:
    """Put back what opens; a body that was altered stays as it is, and what is no object says nothing."""
    stated = body if isinstance(body, dict) else {}
    try:
        return disclosure.reveal(stated, opened, partial=True)
    except EvidenceError:
        return dict(stated)


def _codes(disclosed: str) -> Set[str]:
    value = canonical.decode(base64url.decode(disclosed))
    return set(_named(value[1:])) if isinstance(value, list) else frozenset()


def _named(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        try:
            yield code.canonical(code.read(value))
        except InputError:
            return
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _named(one)
