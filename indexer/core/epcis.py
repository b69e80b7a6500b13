"""The grammar of EPCIS 2.0 events: which members each of the five types has and what each may hold.

It follows the standard's JSON binding. What members must say of each other is eventrules.py's.
"""

from collections.abc import Mapping
from typing import Final

from indexer.core import code, sensor, shape
from indexer.core.canonical import Json
from indexer.core.code import Code, Level
from indexer.core.errors import InputError
from indexer.core.shape import Check
from indexer.core.vocabulary import BIZ_STEP, BIZ_TRANSACTION, DISPOSITION, PARTY, REASON

_SINGLE = frozenset({Level.INSTANCE, Level.PLACE, Level.PARTY})


class WrongLevelError(InputError):
    """A single thing where quantities of a class are listed."""

    code = "EVENT_CODE_LEVEL"
    sentence = "the code at {place} does not name {expected}"


class UnitAloneError(InputError):
    """A unit of measure without a quantity (EPCIS 2.0, 7.3.3.3)."""

    code = "EVENT_UNIT_ALONE"
    sentence = "the unit at {place} measures nothing: uom goes with quantity alone"


def read_code(value: Json, place: str) -> Code:
    """Read a URI that names a thing, a class of things or a place, as leniently as events need it (code.read)."""
    shape.uri(value, place)
    try:
        return code.read(str(value))
    except InputError as error:
        raise error.under(place) from None


def _code(value: Json, place: str) -> None:
    read_code(value, place)


def _class(value: Json, place: str) -> None:
    if code.level(read_code(value, place)) in _SINGLE:
        raise WrongLevelError(place=place, expected="a class of things")


def _quantity(value: Json, place: str) -> None:
    _QUANTITY(value, place)
    if isinstance(value, dict) and "uom" in value and "quantity" not in value:
        raise UnitAloneError(place=place + "/uom")


_CONTEXT_ENTRY = shape.either(shape.uri, shape.mapping, expected="a URI or an object")
CONTEXT: Final = shape.either(
    shape.uri,
    shape.mapping,
    shape.array(_CONTEXT_ENTRY, least=1),
    expected="a URI, an object or a list of them",
)
DECLARATION: Final = shape.members(
    {"declarationTime": shape.moment},
    {"reason": REASON, "correctiveEventIDs": shape.array(shape.uri)},
)
_ZONE = shape.pattern("[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)", "an offset such as +08:00")
_LOCATION = shape.members({"id": _code}, {})
_QUANTITY = shape.members(
    {"epcClass": _class},
    {
        "quantity": shape.amount,
        "uom": shape.pattern("[A-Z0-9]{2,3}", "a unit code of UN/ECE Recommendation 20"),
    },
)
_CODES = shape.array(_code)
_QUANTITIES = shape.array(_quantity)
_TRANSACTION = shape.members({"bizTransaction": shape.uri}, {"type": BIZ_TRANSACTION})
_ACTION = {"action": shape.pattern("ADD|OBSERVE|DELETE", "ADD, OBSERVE or DELETE")}
_REQUIRED: Mapping[str, Check] = {
    "type": shape.text,
    "eventTime": shape.moment,
    "eventTimeZoneOffset": _ZONE,
}
_OPTIONAL: Mapping[str, Check] = {
    "@context": CONTEXT,
    "eventID": shape.uri,
    "recordTime": shape.moment,
    "errorDeclaration": DECLARATION,
    "certificationInfo": shape.either(
        shape.uri, shape.array(shape.uri), expected="a URI or a list of them"
    ),
    "bizStep": BIZ_STEP,
    "disposition": DISPOSITION,
    "persistentDisposition": shape.members(
        {}, {"set": shape.array(DISPOSITION), "unset": shape.array(DISPOSITION)}
    ),
    "readPoint": _LOCATION,
    "bizLocation": _LOCATION,
    "bizTransactionList": shape.array(_TRANSACTION),
    "sourceList": shape.array(shape.members({"type": PARTY, "source": _code}, {})),
    "destinationList": shape.array(shape.members({"type": PARTY, "destination": _code}, {})),
    "sensorElementList": shape.array(sensor.ELEMENT),
}


def _event(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    return shape.members({**_REQUIRED, **required}, {**_OPTIONAL, **optional})


_CHILDREN = {"childEPCs": _CODES, "childQuantityList": _QUANTITIES}
_THINGS = {"epcList": _CODES, "quantityList": _QUANTITIES}
EVENTS: Final[Mapping[str, Check]] = {
    "ObjectEvent": _event(_ACTION, {**_THINGS, "ilmd": shape.mapping}),
    "AggregationEvent": _event(_ACTION, {"parentID": _code, **_CHILDREN}),
    "AssociationEvent": _event({**_ACTION, "parentID": _code}, _CHILDREN),
    "TransactionEvent": _event(
        {**_ACTION, "bizTransactionList": shape.array(_TRANSACTION, least=1)},
        {"parentID": _code, **_THINGS},
    ),
    "TransformationEvent": _event(
        {},
        {
            "transformationID": _code,
            **dict.fromkeys(("inputEPCList", "outputEPCList"), _CODES),
            **dict.fromkeys(("inputQuantityList", "outputQuantityList"), _QUANTITIES),
            "ilmd": shape.mapping,
        },
    ),
}


_HEAD: Mapping[str, Check] = {
    **dict.fromkeys(("id", "sender", "receiver", "instanceIdentifier"), shape.text),
    **dict.fromkeys(("creationDate", "createdAt"), shape.moment),
    "schemaVersion": shape.pattern(r"2\.[0-9]+(?:\.[0-9]+)*", "a version 2 of EPCIS"),
    "epcisHeader": shape.mapping,
}
_LISTED = shape.members({"eventList": shape.array(shape.mapping)}, {})
_RESULTS = shape.members(
    {"resultsBody": _LISTED}, dict.fromkeys(("queryName", "subscriptionID"), shape.text)
)


def _document(required: Mapping[str, Check]) -> Check:
    return shape.members({"@context": CONTEXT, "type": shape.text, **required}, _HEAD)


_CAPTURED = _document({"schemaVersion": _HEAD["schemaVersion"], "epcisBody": _LISTED})


def _captured(value: Json, place: str) -> None:
    _CAPTURED(value, place)
    # The standard's name for it, and the one that several producers write.
    if isinstance(value, dict) and not value.keys() & {"creationDate", "createdAt"}:
        raise shape.MissingMemberError(place=place + "/creationDate")


# By type: the document's grammar, and the members that lead to its events.
DOCUMENTS: Final[Mapping[str, tuple[Check, tuple[str, ...]]]] = {
    "EPCISDocument": (_captured, ("epcisBody", "eventList")),
    "EPCISQueryDocument": (
        _document({"epcisBody": shape.members({"queryResults": _RESULTS}, {})}),
        ("epcisBody", "queryResults", "resultsBody", "eventList"),
    ),
}
