"""A captured document in XML becomes the JSON document it would have been, and goes on its way as that.

EPCIS 1.2 and 2.0 alike; the answer to a query becomes a document of the events it brings. What the standard knows
is read strictly, what others added is taken over whole under its own prefixes, and what would get lost is refused.
"""

from gateway.exchange.xmlevents import event
from gateway.exchange.xmlmaster import master_data, parties
from gateway.exchange.xmlnames import Names, attributes, child, children, foreign, needed
from gateway.exchange.xmltree import Element, XmlError, read
from indexer.core.canonical import Json, Members

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"

_DOCUMENT = "EPCISDocument"
_QUERY = "EPCISQueryDocument"
_MASTER_DATA = "EPCISMasterDataDocument"


class RootError(XmlError):
    """A document of another kind."""

    code = "XML_ROOT"
    sentence = "the document is {name}, which is neither an EPCISDocument nor an EPCISQueryDocument"


def convert(data: bytes) -> Members:
    """Convert a document in XML to a document in JSON, of type EPCISDocument and version 2.0."""
    tree = read(data)
    root = tree.root
    if root.name not in (_DOCUMENT, _QUERY, _MASTER_DATA) or foreign(root):
        raise RootError(place=root.place, name=root.name)
    names = Names.of(tree.declared)
    own = names.context()
    stated = {name: value.strip() for _, name, value in attributes(root)}
    return {
        "@context": [CONTEXT, own] if own else CONTEXT,
        "type": _DOCUMENT,
        "schemaVersion": "2.0",
        **{name: value for name, value in stated.items() if name == "creationDate"},
        **_header(root, names),
        **_aside(root, names),
        "epcisBody": {"eventList": _events(root, names)},
    }


def _header(root: Element, names: Names) -> Members:
    """Read the header's parties and master data, wherever the kind of document has them."""
    header = child(root, "EPCISHeader")
    found = parties(header) if header else {}
    brought = child(header, "EPCISMasterData") if header else None
    if root.name == _MASTER_DATA:
        brought = needed(root, "EPCISBody")
    if brought:
        vocabularies = needed(brought, "VocabularyList")
        found["epcisHeader"] = {"epcisMasterData": master_data(vocabularies, names)}
    return found


def _aside(root: Element, names: Names) -> Members:
    """Read which members the sender declares to be no part of its events, by their names."""
    return {
        names.key(one.namespace, one.name): [
            names.key(it.namespace, it.name) for it in one.children
        ]
        for one in root.children
        if foreign(one) and one.name == "ignoreFields"
    }


def _events(root: Element, names: Names) -> list[Json]:
    if root.name == _MASTER_DATA:
        return []
    body = child(root, "EPCISBody") or root
    if root.name == _QUERY:
        body = needed(child(body, "QueryResults") or body, "resultsBody")
    return [event(one, names) for one in children(needed(body, "EventList"))]
