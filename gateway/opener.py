"""What a reader may see of what records conceal: its own everything, of others what names the code it asks for.

Whoever holds a piece in hand knows its serial number already, so a disclosure that names it gives nothing away; the
serial numbers beside it on a pallet stay digests. Nothing that fails to open is an error to the reader.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Connection, select

from gateway.vault import Vault, open_disclosures
from indexer.core import base64url, canonical, code
from indexer.core.canonical import Json
from indexer.core.code import Code
from indexer.core.errors import EvidenceError, InputError
from indexer.store import tables


def disclosures(
    connection: Connection,
    vault: Vault,
    owners: Mapping[UUID, UUID],
    asked: Code | None,
    reader: UUID | None,
) -> dict[UUID, list[str]]:
    """List by record what `reader`, a participant or None, may see; `owners` are the records' participants."""
    opened = everything(connection, vault, list(owners))
    return {
        record: whole
        if reader is not None and owners[record] == reader
        else [one for one in whole if asked and _speaks(one, asked)]
        for record, whole in opened.items()
    }


def everything(
    connection: Connection, vault: Vault, records: Sequence[UUID]
) -> dict[UUID, list[str]]:
    """List by record all that it conceals, for whoever stated it."""
    sealed, keys = tables.sealed.c, tables.record_key.c
    query = (
        select(sealed.record, sealed.disclosures, keys.wrapped)
        .join(tables.record_key, keys.record == sealed.record)
        .where(sealed.record.in_(records))
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


def _speaks(disclosure: str, asked: Code) -> bool:
    value = canonical.decode(base64url.decode(disclosure))
    return isinstance(value, list) and any(_is(text, asked) for text in _texts(value[1:]))


def _texts(value: Json) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def _is(text: str, asked: Code) -> bool:
    try:
        return code.read(text) == asked
    except InputError:
        return False
