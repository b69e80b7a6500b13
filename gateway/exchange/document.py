"""A captured body becomes items of a submission: events out of an EPCIS document, master data out of its header.

Documents of events and documents that answer a query are the same to us: what they hold is recorded as it stands. Each
item knows its place in what was sent, so that whatever is wrong with it is told by a JSON Pointer into that. XML comes
in here and nowhere else.
"""

from dataclasses import dataclass

from gateway.exchange import xml
from gateway.exchange.headers import JSON_TYPES, XML_TYPES, MediaTypeError
from indexer.core import canonical, event
from indexer.core.canonical import Json, Members
from indexer.core.errors import InputError

_EVENTS = "/epcisBody/eventList"
_OF_ITEMS = ("/amends", "/kind", "/conceal")
_RESULTS = "/epcisBody/queryResults/resultsBody/eventList"


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


def read(data: bytes, media: str) -> list[Part]:
    """Take a document apart, master data first: whoever reads the events then finds what they speak of."""
    document = _read(data, media)
    plain, where = _as_document(document)
    events = event.split(plain)
    return [
        *master_data(plain),
        *(Part(f"{where}/{at}", {"event": one}) for at, one in enumerate(events)),
    ]


def single(data: bytes) -> list[Part]:
    """Read one event that stands alone."""
    return [Part("", {"event": canonical.decode(data)})]


def master_data(document: Members) -> list[Part]:
    """List the items of kind 2 that a document's header states."""
    del document
    return []


def _read(data: bytes, media: str) -> Json:
    if media in JSON_TYPES:
        return canonical.decode(data)
    if media in XML_TYPES:
        return xml.convert(data)
    raise MediaTypeError(place="/header/Content-Type", media=media[:100] or "nothing")


def _as_document(document: Json) -> tuple[Members, str]:
    """Take a document that answers a query for one that states its events."""
    if not isinstance(document, dict) or document.get("type") != "EPCISQueryDocument":
        return (document if isinstance(document, dict) else {}), _EVENTS
    listed: Json = document.get("epcisBody")
    for name in ("queryResults", "resultsBody"):
        listed = listed.get(name) if isinstance(listed, dict) else None
    # What the standard demands of the one and not of the other.
    around: Members = {"schemaVersion": "2.0", "creationDate": "1970-01-01T00:00:00Z", **document}
    return {**around, "type": "EPCISDocument", "epcisBody": listed}, _RESULTS
