"""What an element of EPCIS in XML may hold, and how a namespace of somebody's own is spelt in JSON.

Elements of the standard are looked up by their names, with or without the standard's namespaces, for both are sent.
Whatever else has a namespace of its own is an extension and is taken over whole; whatever else has none is refused, for
nothing that was sent may get lost on the way.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from gateway.exchange.xmltree import Element, XmlError
from indexer.core.canonical import Json, Members

_OWN = re.compile(
    r"(?:urn:epcglobal:(?:epcis|epcis-query|epcis-masterdata):xsd:[12]|urn:epcglobal:xsd:[12])?\Z"
)
_SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_XML = "http://www.w3.org/XML/1998/namespace"
_HEADER = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
_PREFIX = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z", re.ASCII)
# Prefixes that the standard's context defines for good. Lot data has its own there, whatever a document calls it.
_LOT_DATA = "urn:epcglobal:cbv:mda"
_RESERVED = {
    "epcis": "https://ref.gs1.org/epcis/",
    "cbv": "https://ref.gs1.org/cbv/",
    "gs1": "https://gs1.org/voc/",
    "cbvmda": _LOT_DATA,
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
}
# Versions 1.1 and 1.2 put what they added into wrappers.
_WRAPPERS = frozenset({"extension", "baseExtension"})


class UnknownElementError(XmlError):
    """An element without a namespace of its own that the standard does not know there."""

    code = "XML_ELEMENT_UNKNOWN"
    sentence = "the element {place} in line {line} is unknown; extensions have a namespace"


class MissingElementError(XmlError):
    """An element without which nothing can be read."""

    code = "XML_ELEMENT_MISSING"
    sentence = "{place} in line {line} holds no {name}"


class RepeatedElementError(XmlError):
    """An element that is there twice."""

    code = "XML_ELEMENT_REPEATED"
    sentence = "the element {place} in line {line} is there already"


class UnknownAttributeError(XmlError):
    """An attribute that the standard does not know there."""

    code = "XML_ATTRIBUTE_UNKNOWN"
    sentence = "the element {place} in line {line} has no attribute {name}"


class MissingAttributeError(XmlError):
    """An attribute without which the element says nothing."""

    code = "XML_ATTRIBUTE_MISSING"
    sentence = "the element {place} in line {line} lacks the attribute {name}"


@dataclass(frozen=True)
class Names:
    """The prefixes by which a document's foreign namespaces are spelt."""

    prefixes: Mapping[str, str]

    @classmethod
    def of(cls, declared: list[tuple[str, str]]) -> "Names":
        """Keep each namespace's first prefix, unless it cannot be one in JSON or means something else there."""
        prefixes = {_LOT_DATA: "cbvmda"}
        taken = {"cbvmda"}
        # Our own go round every prefix of the document, for values may use them too.
        spare = _others({prefix for prefix, _ in declared})
        for prefix, uri in declared:
            if uri in prefixes or not _is_foreign(uri):
                continue
            fits = _PREFIX.match(prefix) and prefix not in taken
            kept = prefix if fits and _RESERVED.get(prefix, uri) == uri else next(spare)
            prefixes[uri] = kept
            taken.add(kept)
        return cls(prefixes)

    def context(self) -> Members:
        """Return what the JSON's context must define, each prefix with its namespace."""
        return {prefix: uri for uri, prefix in self.prefixes.items() if uri != _LOT_DATA}

    def key(self, namespace: str, name: str) -> str:
        """Spell a name as a member's."""
        return f"{self.prefixes[namespace]}:{name}" if namespace in self.prefixes else name


def foreign(element: Element) -> bool:
    """Tell whether an element is somebody's own and not the standard's."""
    return _is_foreign(element.namespace)


def children(element: Element) -> Iterator[Element]:
    """Walk through an element's children, with those in the wrappers of versions 1.1 and 1.2 in their place."""
    for child in element.children:
        if child.name in _WRAPPERS and not foreign(child):
            yield from children(child)
        else:
            yield child


def child(element: Element, name: str) -> Element | None:
    """Find the child of this name among the standard's own."""
    return next((one for one in children(element) if one.name == name and not foreign(one)), None)


def needed(element: Element, name: str) -> Element:
    """Find the child of this name, which must be there."""
    found = child(element, name)
    if found is None:
        raise MissingElementError(place=element.place, line=element.line, name=name)
    return found


def attribute(element: Element, name: str) -> str:
    """Read an attribute, which must be there."""
    for namespace, one, value in element.attributes:
        if (namespace, one) == ("", name):
            return value.strip()
    raise MissingAttributeError(place=element.place, line=element.line, name=name)


def attributes(element: Element) -> Iterator[tuple[str, str, str]]:
    """Walk through an element's attributes, but for those that speak to a schema or to XML itself."""
    for namespace, name, value in element.attributes:
        if namespace not in (_SCHEMA_INSTANCE, _XML):
            yield namespace, name, value


def bare(element: Element, *known: str) -> None:
    """Refuse an element that carries other attributes than those known."""
    for _, name, _ in attributes(element):
        if name not in known:
            raise UnknownAttributeError(place=element.place, line=element.line, name=name)


def extension(element: Element, names: Names) -> Json:
    """Take over somebody's own element: its text, or an object of what it holds, text among it as `#text`."""
    held: Members = {}
    for namespace, name, value in attributes(element):
        join(held, names.key(namespace, name), value.strip())
    for one in element.children:
        join(held, names.key(one.namespace, one.name), extension(one, names))
    if not held:
        return element.text
    return {**held, "#text": element.text} if element.text else held


def join(members: Members, name: str, value: Json) -> None:
    """Add a member; what is there several times becomes a list."""
    if name not in members:
        members[name] = value
        return
    before = members[name]
    if isinstance(before, list):
        before.append(value)
    else:
        members[name] = [before, value]


def _is_foreign(namespace: str) -> bool:
    return not _OWN.match(namespace) and namespace not in (_SCHEMA_INSTANCE, _XML, _HEADER)


def _others(taken: set[str]) -> Iterator[str]:
    return (name for number in count(1) if (name := f"ns{number}") not in taken)
