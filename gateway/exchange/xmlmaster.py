"""A header in XML: who sent the document to whom, and the master data it brings, in the form that JSON has for them."""

from gateway.exchange.xmlnames import (
    Names,
    UnknownElementError,
    attribute,
    bare,
    children,
    extension,
    foreign,
    join,
    needed,
)
from gateway.exchange.xmltree import Element
from indexer.core.canonical import Json, Members


def parties(header: Element) -> Members:
    """Read who sent the document, to whom, and under which number, from a standard business document header."""
    found: Members = {}
    for business in header.children:
        if business.name != "StandardBusinessDocumentHeader":
            continue
        for name, path in _PARTIES.items():
            if (text := _text_at(business, path)) is not None:
                found[name] = text
    return found


def master_data(vocabularies: Element, names: Names) -> Members:
    """Read a VocabularyList as the `epcisMasterData` of a header."""
    return {
        "vocabularyList": [_vocabulary(one, names) for one in _each(vocabularies, "Vocabulary")]
    }


def _vocabulary(element: Element, names: Names) -> Json:
    listed = needed(element, "VocabularyElementList")
    elements = [_element(one, names) for one in _each(listed, "VocabularyElement")]
    return {"type": attribute(element, "type"), "vocabularyElementList": elements}


def _element(element: Element, names: Names) -> Json:
    found: Members = {"id": attribute(element, "id")}
    bare(element, "id")
    for one in children(element):
        if foreign(one):
            join(found, names.key(one.namespace, one.name), extension(one, names))
        elif one.name == "attribute":
            stated = found.setdefault("attributes", [])
            if isinstance(stated, list):
                stated.append(_attribute(one, names))
        elif one.name == "children":
            found["children"] = [child.text for child in _each(one, "id")]
        else:
            raise UnknownElementError(place=one.place, line=one.line)
    return found


def _attribute(element: Element, names: Names) -> Json:
    bare(element, "id")
    held: Members = {}
    for one in element.children:
        join(held, names.key(one.namespace, one.name), extension(one, names))
    return {"id": attribute(element, "id"), "attribute": held or element.text}


def _each(element: Element, name: str) -> list[Element]:
    for one in children(element):
        if one.name != name or foreign(one):
            raise UnknownElementError(place=one.place, line=one.line)
    return list(children(element))


_PARTIES = {
    "sender": ("Sender", "Identifier"),
    "receiver": ("Receiver", "Identifier"),
    "instanceIdentifier": ("DocumentIdentification", "InstanceIdentifier"),
}


def _text_at(element: Element, path: tuple[str, ...]) -> str | None:
    """Follow names down from an element; the first of several is taken, and an empty one says nothing."""
    at: Element | None = element
    for name in path:
        at = next((one for one in at.children if one.name == name), None) if at else None
    return (at.text or None) if at else None
