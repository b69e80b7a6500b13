"""An address or a named query becomes a query: its parameters, and which page of the answer is wanted.

A condition that is silently dropped gives wrong answers, so every name is either understood or refused. From an address
every value is a text, lists with `|` between their items; a named query says the same in JSON.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from gateway.exchange import parameters
from gateway.exchange.problems import QueryParameterError
from gateway.exchange.query import Query
from indexer.core.canonical import Json, Members

PER_PAGE: Final = 30
MOST_PER_PAGE: Final = 1000
PAGING: Final = frozenset({"perPage", "nextPageToken"})
Parameters: TypeAlias = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Page:
    """Which part of an answer is wanted."""

    size: int
    token: str | None


def from_url(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Read the parameters of an address; one that is given twice has the values of both."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).extend(value.split("|"))
    return found


def from_members(query: Members) -> dict[str, list[str]]:
    """Read the parameters of a named query."""
    found = {}
    for name, value in query.items():
        items = value if isinstance(value, list) else [value]
        if not all(one is None or isinstance(one, str | int | float) for one in items):
            raise QueryParameterError(
                place=f"/query/{name}", name=name, reason="is no text, number or list of them"
            )
        found[name] = [_text(one) for one in items]
    return found


def _text(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def read(asked: Parameters, prefixes: Mapping[str, str] | None = None) -> tuple[Query, Page]:
    """Read a query and which page of its answer is wanted; `prefixes` explain names of extensions."""
    query = Query()
    for name, values in asked.items():
        if name not in PAGING:
            parameters.take(query, name, values, prefixes or {})
    if query.limit is not None and query.most is not None:
        parameters.refuse("maxEventCount", "cannot stand beside eventCountLimit")
    size = parameters.whole("perPage", _one(asked, "perPage") or str(PER_PAGE), least=1)
    return query, Page(min(size, MOST_PER_PAGE), _one(asked, "nextPageToken") or None)


def _one(asked: Parameters, name: str) -> str:
    """Read what may be given once; a token may hold no bar, so nothing is lost by splitting."""
    values = asked.get(name, [])
    if len(values) > 1:
        parameters.refuse(name, "is given more than once")
    return values[0] if values else ""
