"""An event in XML becomes the same event in JSON: one table says how each of the standard's elements is read.

Values stay as they were sent, words and codes in whatever spelling; numbers and truth values get JSON's types where the
standard has them. So the event hash of the result is that of the source.
"""

import re
from collections.abc import Callable, Mapping
from math import isfinite
from typing import TypeAlias

from gateway.exchange.xmlnames import (
    Names,
    RepeatedElementError,
    UnknownElementError,
    attributes,
    bare,
    children,
    extension,
    foreign,
    join,
)
from gateway.exchange.xmltree import Element, XmlError
from indexer.core.canonical import LIMIT, Json, Members

EVENTS = (
    "ObjectEvent",
    "AggregationEvent",
    "TransactionEvent",
    "TransformationEvent",
    "AssociationEvent",
)

_Read: TypeAlias = Callable[[Element, Names], Json]

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")
_TRUTH = {"true": True, "1": True, "false": False, "0": False}
_NUMBERS = frozenset(
    {"value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"}
)
# Elements that follow one another instead of standing in a list: a list in JSON always, and where there are several.
_LISTED = frozenset({"set", "unset", "sensorReport"})
_SEVERAL = frozenset({"certificationInfo"})


class ValueXmlError(XmlError):
    """A value that is not of its type."""

    code = "XML_VALUE"
    sentence = "{place} in line {line} says {value!r}, which is not {expected}"


def event(element: Element, names: Names) -> Members:
    """Convert one event; its type is the element's name."""
    if element.name not in EVENTS or foreign(element):
        raise UnknownElementError(place=element.place, line=element.line)
    return {"type": element.name, **_filled(element, _EVENT, names)}


def _filled(element: Element, known: Mapping[str, _Read], names: Names) -> Members:
    """Read an element's children: the standard's by the table, others as extensions."""
    bare(element)
    found: Members = {}
    for one in children(element):
        if foreign(one):
            join(found, names.key(one.namespace, one.name), extension(one, names))
        elif one.name not in known:
            raise UnknownElementError(place=one.place, line=one.line)
        else:
            _put(found, one, known[one.name](one, names))
    return found


def _put(found: Members, element: Element, value: Json) -> None:
    if element.name not in found:
        found[element.name] = [value] if element.name in _LISTED else value
    elif element.name in _LISTED or element.name in _SEVERAL:
        join(found, element.name, value)
    else:
        raise RepeatedElementError(place=element.place, line=element.line)


def _text(element: Element, _: Names) -> Json:
    bare(element)
    _childless(element)
    return element.text


def _childless(element: Element) -> None:
    for one in element.children:
        raise UnknownElementError(place=one.place, line=one.line)


def _quantity(element: Element, names: Names) -> Json:
    _text(element, names)
    return _number(element, element.text)


def _list_of(name: str, each: _Read) -> _Read:
    """Read a list that holds nothing but items of this name."""

    def read(element: Element, names: Names) -> Json:
        bare(element)
        items: list[Json] = []
        for one in children(element):
            if one.name != name or foreign(one):
                raise UnknownElementError(place=one.place, line=one.line)
            items.append(each(one, names))
        return items

    return read


def _object(known: Mapping[str, _Read]) -> _Read:
    return lambda element, names: _filled(element, known, names)


def _typed(name: str) -> _Read:
    """Read a thing with its type, which XML has as an attribute."""

    def read(element: Element, _: Names) -> Json:
        bare(element, "type")
        _childless(element)
        found: Members = {one: value.strip() for _, one, value in attributes(element)}
        return {**found, name: element.text}

    return read


def _measured(element: Element, names: Names) -> Json:
    """Read sensor metadata or a report, which XML has as attributes."""
    found: Members = {}
    for namespace, name, value in attributes(element):
        found[names.key(namespace, name)] = (
            value.strip() if namespace else _typed_value(element, name, value.strip())
        )
    for one in children(element):
        if not foreign(one):
            raise UnknownElementError(place=one.place, line=one.line)
        join(found, names.key(one.namespace, one.name), extension(one, names))
    return found


def _typed_value(element: Element, name: str, text: str) -> Json:
    if name in _NUMBERS:
        return _number(element, text)
    if name != "booleanValue":
        return text
    if text not in _TRUTH:
        raise _wrong(element, text, "true or false")
    return _TRUTH[text]


def _number(element: Element, text: str) -> Json:
    """Read a decimal as JSON has it: a whole number as such, within what every reader holds."""
    value = float(text) if _NUMBER.match(text) else None
    if value is None or not isfinite(value) or (value.is_integer() and abs(value) >= LIMIT):
        raise _wrong(element, text, "a number that JSON holds")
    return int(value) if value.is_integer() else value


def _wrong(element: Element, text: str, expected: str) -> ValueXmlError:
    return ValueXmlError(place=element.place, line=element.line, value=text[:80], expected=expected)


def _lot_data(element: Element, names: Names) -> Json:
    """Read instance and lot data, all of it somebody's own."""
    bare(element)
    found: Members = {}
    for one in children(element):
        join(found, names.key(one.namespace, one.name), extension(one, names))
    return found


_EPCS = _list_of("epc", _text)
_QUANTITIES = _list_of(
    "quantityElement", _object({"epcClass": _text, "quantity": _quantity, "uom": _text})
)
_PLACE = _object({"id": _text})
_EVENT: dict[str, _Read] = {
    **dict.fromkeys(("eventTime", "recordTime", "eventTimeZoneOffset", "eventID"), _text),
    **dict.fromkeys(("action", "bizStep", "disposition", "certificationInfo"), _text),
    **dict.fromkeys(("parentID", "transformationID"), _text),
    **dict.fromkeys(("epcList", "childEPCs", "inputEPCList", "outputEPCList"), _EPCS),
    **dict.fromkeys(
        ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"),
        _QUANTITIES,
    ),
    **dict.fromkeys(("readPoint", "bizLocation"), _PLACE),
    "bizTransactionList": _list_of("bizTransaction", _typed("bizTransaction")),
    "sourceList": _list_of("source", _typed("source")),
    "destinationList": _list_of("destination", _typed("destination")),
    "persistentDisposition": _object({"set": _text, "unset": _text}),
    "sensorElementList": _list_of(
        "sensorElement", _object({"sensorMetadata": _measured, "sensorReport": _measured})
    ),
    "ilmd": _lot_data,
    "errorDeclaration": _object(
        {
            "declarationTime": _text,
            "reason": _text,
            "correctiveEventIDs": _list_of("correctiveEventID", _text),
        }
    ),
}
