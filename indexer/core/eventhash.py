"""An event's own name: the EPCIS event hash, the same for one event in every spelling that the standard allows.

The rules are those of the Core Business Vocabulary 2.0, section 8.9, in the order that the reference implementation's
published values show (parentID before the lists; transactions, destinations, ilmd and sources sorted in among the
extensions). The hash leaves out eventID, recordTime, errorDeclaration, comments and contexts, and it rounds times and
numbers. So it says which event is meant, never that nothing was changed: what the log anchors is the record digest,
over every byte. A change here makes events unfindable by the names that were given out for them.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from math import isfinite
from typing import TypeAlias

from indexer.core import hashlink, shape
from indexer.core.canonical import Json, Members
from indexer.core.errors import InputError

_CBV = "https://ref.gs1.org/cbv/"
_VOC = "https://gs1.org/voc/"
# What the standard's own context defines; cbvmda without a colon at its end, as documents in XML spell it.
_NAMESPACES = {
    "epcis": "https://ref.gs1.org/epcis/",
    "cbv": _CBV,
    "gs1": _VOC,
    "cbvmda": "urn:epcglobal:cbv:mda",
}
# Only GS1's words are written short in values; elsewhere a colon may be part of the text.
_EXPANDED = ("https://ref.gs1.org/", "https://gs1.org/")
_WORDS = {"bizstep": "BizStep-", "disp": "Disp-", "btt": "BTT-", "sdt": "SDT-", "er": "ER-"}
_CBV_URN = re.compile(rf"urn:epcglobal:cbv:({'|'.join(_WORDS)}):(.*)\Z", re.DOTALL)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")
_CODE = re.compile(r"urn:epc:(?:id|class|idpat):|https?://", re.IGNORECASE)
_LEFT_OUT = frozenset({"type", "eventID", "recordTime", "errorDeclaration"})
_UNSAID = frozenset({"@context", "rdfs:comment", "comment", "#text"})
_HALF_MILLISECOND = timedelta(microseconds=500)


@dataclass(frozen=True)
class _Scope:
    """What prefixes mean at one place of an event, and which members its document says are no part of events."""

    namespaces: Mapping[str, str]
    without: Collection[str]

    def key(self, name: str) -> str:
        prefix, colon, local = name.partition(":")
        namespace = self.namespaces.get(prefix) if colon else None
        return f"{{{namespace}}}{local}" if namespace else name

    def inside(self, members: Members) -> "_Scope":
        if "@context" not in members:
            return self
        return _Scope({**self.namespaces, **dict(_prefixes(members["@context"]))}, self.without)


_Text: TypeAlias = Callable[[str, _Scope], str]
_Rule: TypeAlias = Callable[[str, Json, _Scope], str]


def event_hash(event: Members, without: Collection[str] = ()) -> str:
    """Name an event by its content: `ni:///sha-256;…?ver=CBV2.0` (RFC 6920).

    `without` are names of members, as the event spells them, that its document declares to be no part of its events.
    """
    return f"ni:///sha-256;{sha256(pre_hash(event, without).encode()).hexdigest()}?ver=CBV2.0"


def pre_hash(event: Members, without: Collection[str] = ()) -> str:
    """Spell an event in the one form that is hashed."""
    scope = _Scope(_NAMESPACES, without).inside(event)
    stated = {name: value for name, value in event.items() if name not in _LEFT_OUT}
    return _VALUE("eventType", event.get("type"), scope) + _spell(stated, _EVENT, _LOOSE, scope)


def _spell(
    members: Members, order: Mapping[str, _Rule], loose: Mapping[str, _Rule], scope: _Scope
) -> str:
    """Spell an object's members: those of the `order` first, all others in the order of their texts."""
    scope = scope.inside(members)
    ordered = [rule(name, members[name], scope) for name, rule in order.items() if name in members]
    others = sorted(
        loose.get(name, _extension)(scope.key(name), value, scope)
        for name, value in members.items()
        if name not in order and name not in _UNSAID and name not in scope.without
    )
    return "".join([*ordered, *others])


def _extension(name: str, value: Json, scope: _Scope) -> str:
    """Spell what the standard does not know: everything there is, sorted; an empty element by its name alone."""
    if isinstance(value, list):
        if not name.endswith("List"):
            return _sorted(_extension(name, item, scope) for item in value)
        inner = _sorted(_extension(name[:-4], item, scope) for item in value)
        return name + inner if value else ""
    if isinstance(value, dict):
        said = value.get("#text", "")
        return _extension(name, said, scope) + _spell(value, {}, {}, scope)
    if value is None:
        return ""
    text = _plain(_text(value), scope)
    return f"{name}={text}" if text else name


def _leaf(spelt: _Text | None = None) -> _Rule:
    """Spell a member that holds a value or several; what is empty is not there."""

    def rule(name: str, value: Json, scope: _Scope) -> str:
        if isinstance(value, list):
            return _sorted(rule(name, item, scope) for item in value)
        if isinstance(value, dict):
            return _extension(name, value, scope)
        text = (spelt or _plain)(_text(value), scope)
        return f"{name}={text}" if text else ""

    return rule


def _object(order: Mapping[str, _Rule]) -> _Rule:
    """Spell a member that holds an object or several, whose own members have an order."""

    def rule(name: str, value: Json, scope: _Scope) -> str:
        if isinstance(value, list):
            return _sorted(rule(name, item, scope) for item in value)
        if not isinstance(value, dict):
            return _VALUE(name, value, scope)
        inner = _spell(value, order, {}, scope)
        return name + inner if inner else ""

    return rule


def _list(item: str, each: _Rule) -> _Rule:
    """Spell a list, whose items have a name in XML that JSON leaves out."""

    def rule(name: str, value: Json, scope: _Scope) -> str:
        inner = each(item, value, scope)
        return name + inner if inner else ""

    return rule


def _pair(member: str, vocabulary: str) -> _Rule:
    """Spell a list of things with their types; the type comes first, and the item itself has no name."""
    return _list("", _object({"type": _word(vocabulary), member: _VALUE}))


def _word(vocabulary: str) -> _Rule:
    """Spell a word of a vocabulary; a bare one stands for its URI."""
    return _leaf(lambda text, scope: vocabulary + text if _bare(text) else _plain(text, scope))


def _bare(text: str) -> bool:
    return bool(text) and ":" not in text


def _moment(text: str, scope: _Scope) -> str:
    """Spell a time in UTC to the millisecond, halves up; what is no time is text."""
    try:
        rounded = shape.read_moment(text, "") + _HALF_MILLISECOND
    except (InputError, OverflowError):
        return _plain(text, scope)
    return rounded.isoformat(timespec="milliseconds")[:-6] + "Z"


def _plain(text: str, scope: _Scope) -> str:
    """Spell a value: GS1's words and codes by their Web URIs, whatever looks like a number as one."""
    if _NUMBER.match(text):
        return _number(text)
    prefix, colon, local = text.partition(":")
    if not colon:
        return text
    if scope.namespaces.get(prefix, "").startswith(_EXPANDED):
        text = scope.namespaces[prefix] + local
    if match := _CBV_URN.match(text):
        return _CBV + _WORDS[match[1]] + match[2]
    return hashlink.spell(text) if _CODE.match(text) else text


def _number(text: str) -> str:
    """Spell a number as the reference does, by way of a double; digits that one cannot hold are lost."""
    number = float(text)
    if not isfinite(number):
        return text
    return str(int(number)) if number.is_integer() else repr(number)


def _text(value: Json) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _sorted(texts: Iterable[str]) -> str:
    return "".join(sorted(texts))


def _prefixes(context: Json) -> Iterator[tuple[str, str]]:
    """Read what prefixes a context defines: itself, or the entries of its list."""
    for entry in context if isinstance(context, list) else [context]:
        for prefix, meaning in entry.items() if isinstance(entry, dict) else ():
            uri = meaning.get("@id") if isinstance(meaning, dict) else meaning
            if isinstance(uri, str):
                yield prefix, uri


def _plainly(*names: str) -> dict[str, _Rule]:
    return dict.fromkeys(names, _VALUE)


_VALUE = _leaf()
_TIME = _leaf(_moment)
_EPCS = _list("epc", _VALUE)
_QUANTITIES = _list("quantityElement", _object(_plainly("epcClass", "quantity", "uom")))
_DEVICE = _plainly("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod")
_METADATA = _object(
    {
        **dict.fromkeys(("time", "startTime", "endTime"), _TIME),
        **_DEVICE,
        "bizRules": _VALUE,
    }
)
_REPORT = _object(
    {
        "type": _word(_VOC),
        "exception": _word(_VOC),
        **_DEVICE,
        "time": _TIME,
        **_plainly("microorganism", "chemicalSubstance", "value"),
        "component": _word(_CBV + "Comp-"),
        **_plainly("stringValue", "booleanValue", "hexBinaryValue", "uriValue"),
        **_plainly("minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"),
        **_plainly("uom", "coordinateReferenceSystem"),
    }
)
_PLACE = _object(_plainly("id"))
_DISPOSITION = _word(_CBV + "Disp-")
_EVENT: dict[str, _Rule] = {
    "eventTime": _TIME,
    **_plainly("eventTimeZoneOffset", "certificationInfo", "parentID"),
    **dict.fromkeys(("epcList", "inputEPCList", "childEPCs"), _EPCS),
    **dict.fromkeys(("quantityList", "childQuantityList", "inputQuantityList"), _QUANTITIES),
    "outputEPCList": _EPCS,
    "outputQuantityList": _QUANTITIES,
    **_plainly("action", "transformationID"),
    "bizStep": _word(_CBV + "BizStep-"),
    "disposition": _DISPOSITION,
    "persistentDisposition": _object(dict.fromkeys(("set", "unset"), _DISPOSITION)),
    **dict.fromkeys(("readPoint", "bizLocation"), _PLACE),
    "sensorElementList": _list(
        "sensorElement", _object({"sensorMetadata": _METADATA, "sensorReport": _REPORT})
    ),
}
_LOOSE: dict[str, _Rule] = {
    "bizTransactionList": _pair("bizTransaction", _CBV + "BTT-"),
    "sourceList": _pair("source", _CBV + "SDT-"),
    "destinationList": _pair("destination", _CBV + "SDT-"),
}
