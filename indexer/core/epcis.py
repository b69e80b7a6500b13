"""The grammar of EPCIS 2.0 object events: which members there are and what each may hold.

It follows the standard's JSON binding and is narrower where a trace needs it: things are named by URIs whose check
digits are right, single things and classes of things each in their own list.
"""

from indexer.core import code, shape
from indexer.core.canonical import Json
from indexer.core.code import Code, Scheme
from indexer.core.errors import InputError
from indexer.core.vocabulary import BIZ_STEP, BIZ_TRANSACTION, DISPOSITION, PARTY

_CLASSES = frozenset({Scheme.GTIN, Scheme.LGTIN})
_INSTANCES = frozenset({Scheme.SGTIN, Scheme.SSCC, Scheme.GLN, Scheme.SGLN})


class WrongLevelError(InputError):
    """A class where single things are listed, or a single thing where quantities are."""

    code = "EVENT_CODE_LEVEL"
    sentence = "the code at {place} does not name {expected}"


def read_code(value: Json, place: str) -> Code:
    """Read a URI that names a thing, a class of things or a place."""
    shape.uri(value, place)
    try:
        return code.read(str(value))
    except InputError as error:
        raise error.under(place) from None


def _place_code(value: Json, place: str) -> None:
    read_code(value, place)


def _instance(value: Json, place: str) -> None:
    if read_code(value, place).scheme in _CLASSES:
        raise WrongLevelError(place=place, expected="a single thing")


def _class(value: Json, place: str) -> None:
    if read_code(value, place).scheme in _INSTANCES:
        raise WrongLevelError(place=place, expected="a class of things")


_CONTEXT_ENTRY = shape.either(shape.uri, shape.mapping, expected="a URI or an object")
CONTEXT = shape.either(
    shape.uri,
    shape.mapping,
    shape.array(_CONTEXT_ENTRY, least=1),
    expected="a URI, an object or a list of them",
)
_ZONE = shape.pattern("[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)", "an offset such as +08:00")
_LOCATION = shape.members({"id": _place_code}, {})
_QUANTITY = shape.members(
    {"epcClass": _class},
    {
        "quantity": shape.positive,
        "uom": shape.pattern("[A-Z0-9]{2,3}", "a unit code of UN/ECE Recommendation 20"),
    },
)
_SENSOR_METADATA = shape.members(
    {},
    {
        "time": shape.moment,
        "startTime": shape.moment,
        "endTime": shape.moment,
        "deviceID": shape.uri,
        "deviceMetadata": shape.uri,
        "rawData": shape.uri,
        "dataProcessingMethod": shape.uri,
        "bizRules": shape.uri,
    },
)
_SENSOR_REPORT = shape.members(
    {},
    {
        "type": shape.text,
        "exception": shape.text,
        **dict.fromkeys(
            ("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod"), shape.uri
        ),
        **dict.fromkeys(("microorganism", "chemicalSubstance", "uriValue"), shape.uri),
        **dict.fromkeys(("component", "stringValue", "uom"), shape.text),
        **dict.fromkeys(("value", "minValue", "maxValue", "meanValue"), shape.number),
        **dict.fromkeys(("sDev", "percRank", "percValue"), shape.number),
        "time": shape.moment,
        "booleanValue": shape.boolean,
        "hexBinaryValue": shape.pattern("[0-9A-Fa-f]+", "hexadecimal digits"),
        "coordinateReferenceSystem": shape.uri,
    },
)


def _sensor_report(value: Json, place: str) -> None:
    _SENSOR_REPORT(value, place)
    if isinstance(value, dict) and not value.keys() & {"type", "exception"}:
        raise shape.MissingMemberError(place=place + "/type")


OBJECT_EVENT = shape.members(
    {
        "type": shape.text,
        "eventTime": shape.moment,
        "eventTimeZoneOffset": _ZONE,
        "action": shape.pattern("ADD|OBSERVE|DELETE", "ADD, OBSERVE or DELETE"),
    },
    {
        "@context": CONTEXT,
        "eventID": shape.uri,
        "recordTime": shape.moment,
        "errorDeclaration": shape.mapping,
        "epcList": shape.array(_instance),
        "quantityList": shape.array(_QUANTITY),
        "bizStep": BIZ_STEP,
        "disposition": DISPOSITION,
        "persistentDisposition": shape.members(
            {}, {"set": shape.array(DISPOSITION), "unset": shape.array(DISPOSITION)}
        ),
        "readPoint": _LOCATION,
        "bizLocation": _LOCATION,
        "bizTransactionList": shape.array(
            shape.members({"bizTransaction": shape.uri}, {"type": BIZ_TRANSACTION})
        ),
        "sourceList": shape.array(shape.members({"type": PARTY, "source": _place_code}, {})),
        "destinationList": shape.array(
            shape.members({"type": PARTY, "destination": _place_code}, {})
        ),
        "sensorElementList": shape.array(
            shape.members(
                {"sensorReport": shape.array(_sensor_report, least=1)},
                {"sensorMetadata": _SENSOR_METADATA},
            )
        ),
        "ilmd": shape.mapping,
        "certificationInfo": shape.either(
            shape.uri, shape.array(shape.uri), expected="a URI or a list of them"
        ),
    },
)
