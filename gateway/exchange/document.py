"""A captured body becomes items of a submission: events out of an EPCIS document, master data out of its header.

Documents of events and documents that answer a query are the same to us: what they hold is recorded as it stands. Each
item knows its place in what was sent, so that whatever is wrong with it is told by a JSON Pointer into that. XML comes
in here and nowhere else.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.exchange import xml
from gateway.exchange.headers import JSON_TYPES, XML_TYPES, MediaTypeError
from indexer.core import canonical, event
from indexer.core.canonical import Json, Members
from indexer.core.errors import InputError

_OF_ITEMS = ("/amends", "/kind", "/conceal")


@dataclass(frozen=True)
class Part:
    """One item of a submission, and where its event or master data stood in what was sent."""

    place: str
    item: Members

    def placed(self, error: InputError) -> InputError:
        """Name the place in the whole of an error that names it in a submission of this item alone."""
        inside = error.place.removeprefix("/items/0").removeprefix("/event")
        place = self.place + ("" if inside in _OF_ITEMS else inside)
        facts = {name: value for name, value in error.facts.items() if name != "place"}
        return type(error)(place=place, **facts)


def decode(data: bytes, media: str) -> Json:
    """Read a document as JSON, whatever it was written in."""
    if media in JSON_TYPES:
        return canonical.decode(data)
    if media in XML_TYPES:
        return xml.convert(data)
    raise MediaTypeError(place="/header/Content-Type", media=media[:100] or "nothing")


def events(document: Json) -> list[Part]:
    """List the items that a document's events are."""
    return [Part(place, {"event": stated}) for place, stated in event.placed(document)]


def described(elements: Iterable[tuple[str, Members]]) -> list[Part]:
    """List the items of kind 2 that elements of a document's header are, each beside its place."""
    return [Part(place, {"kind": 2, "event": stated}) for place, stated in elements]


def single(data: bytes) -> list[Part]:
    """Read one event that stands alone."""
    return [Part("", {"event": canonical.decode(data)})]
