"""What EPCIS queries narrow by: of each record that is an event, a row of plain words beside it in the store.

It is read from the content that is hashed, so nothing that is concealed can come into it: a concealed member leaves its
column null and the row `hidden`, and then only the opened event tells. Words and codes are normalised, as queries are.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from gateway.draft import Draft
from indexer.core import code, event, vocabulary
from indexer.core.canonical import Json, Members
from indexer.core.errors import InputError
from indexer.core.record import Kind

FIELDS: Final = ("type", "biz_step", "disposition", "read_point", "biz_location")
LONGEST_TERM: Final = 500

_KINDS = frozenset({Kind.EVENT, Kind.MASTER_DATA, Kind.AMENDMENT})


def row(draft: Draft, received_at: int) -> dict[str, Any] | None:
    """Sum up one record that was received at `received_at` (ms); None for one that no query is about."""
    content = msgspec.json.decode(draft.content)
    body: Members = content["body"]
    declared = draft.kind == Kind.WITHDRAWAL and "errorDeclaration" in body
    if draft.kind not in _KINDS and not declared:
        return None
    hidden = "_sd" in body or any(_closed(body.get(name)) for name in ("readPoint", "bizLocation"))
    return {
        "kind": draft.kind,
        "type": _text(body.get("type")),
        "event_time": _instant(body, received_at),
        "action": _text(body.get("action")),
        "biz_step": word(body.get("bizStep")),
        "disposition": word(body.get("disposition")),
        "read_point": place(body.get("readPoint")),
        "biz_location": place(body.get("bizLocation")),
        "hidden": hidden,
    }


def terms(rows: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    """List which words and places rows use, each once and in order: two transactions never wait for each other."""
    return sorted(
        {
            (field, value)
            for one in rows
            if one["kind"] != Kind.MASTER_DATA
            for field in FIELDS
            if (value := one[field]) and len(value) <= LONGEST_TERM
        }
    )


def word(value: Json) -> str | None:
    """Spell a word of the vocabulary in the one way that is compared; None for what is none."""
    return vocabulary.short(value) if isinstance(value, str) else None


def place(value: Json) -> str | None:
    """Spell the code of a place, an object with an id, in the one way that is compared."""
    named = value.get("id") if isinstance(value, dict) else None
    return spelt(named) if isinstance(named, str) else None


def spelt(text: str) -> str:
    """Spell a code canonically; what is no code stands for itself."""
    try:
        return code.canonical(code.read(text))
    except InputError:
        return text


def _closed(value: Json) -> bool:
    return isinstance(value, dict) and "_sd" in value


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _instant(body: Members, received_at: int) -> datetime:
    try:
        return event.instant(body)
    except InputError:
        return datetime.fromtimestamp(received_at / 1000, UTC)
