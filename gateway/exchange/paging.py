"""Tokens of the next page: where the last one ended, and nothing that is a secret.

A token says nothing that its bearer could not know and gives access to nothing: whose records are searched is told by
the caller's key alone.
"""

from dataclasses import dataclass
from uuid import UUID

from gateway.exchange import asking, parameters
from gateway.exchange.asking import PAGING, Page, Parameters
from gateway.exchange.problems import PageTokenError
from indexer.core import base64url, canonical
from indexer.core.errors import InputError

_PLACE = "/query/nextPageToken"


@dataclass(frozen=True)
class Place:
    """Where a page of records ends: the time by which is ordered, the record, and a count the list needs."""

    time: int
    record: UUID
    count: int

    def token(self) -> str:
        """Spell it for a link."""
        return base64url.encode(canonical.encode([self.time, self.record.hex, self.count]))


def place(token: str) -> Place:
    """Read the token of a list that is in the order of records."""
    try:
        parts = canonical.decode(base64url.decode(token))
        time, record, count = parts if isinstance(parts, list) else []
    except (InputError, ValueError):
        raise PageTokenError(place=_PLACE) from None
    found = uuid(str(record))
    if found is None or type(time) is not int or type(count) is not int or count < 0:
        raise PageTokenError(place=_PLACE)
    return Place(time, found, count)


def only(given: Parameters) -> Page:
    """Read which page is wanted of a list that takes no other parameter."""
    for name in given:
        if name not in PAGING:
            parameters.refuse(name, "is not known here")
    return asking.read(given)[1]


def record(token: str) -> UUID:
    """Read the token of a list that is in the order of ids."""
    one = uuid(token)
    if one is None:
        raise PageTokenError(place=_PLACE)
    return one


def text(token: str) -> str:
    """Read the token of a list that is in the order of texts."""
    try:
        value = base64url.decode(token).decode()
    except (InputError, UnicodeDecodeError):
        raise PageTokenError(place=_PLACE) from None
    if "\0" in value:
        raise PageTokenError(place=_PLACE)
    return value


def after(value: str) -> str:
    """Make the token of a list that goes on after a text."""
    return base64url.encode(value.encode())


def uuid(given: str) -> UUID | None:
    """Read an id out of a path; None if it is none."""
    try:
        return UUID(given)
    except ValueError:
        return None
