"""The grammar of what sensors report in an event (EPCIS 2.0, 7.3.7): who measured, when, what and how much.

What is measured, and in which unit, is as open as the standard leaves it: enterprises measure what GS1 has no word for.
"""

from indexer.core import shape
from indexer.core.canonical import Json
from indexer.core.vocabulary import ALERT, COMPONENT

_SOURCES = dict.fromkeys(
    ("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules"), shape.uri
)
_METADATA = shape.members(
    {}, {**dict.fromkeys(("time", "startTime", "endTime"), shape.moment), **_SOURCES}
)
_REPORT = shape.members(
    {},
    {
        **_SOURCES,
        "type": shape.text,
        "exception": ALERT,
        "time": shape.moment,
        "component": COMPONENT,
        **dict.fromkeys(("microorganism", "chemicalSubstance"), shape.uri),
        **dict.fromkeys(("value", "minValue", "maxValue", "meanValue"), shape.number),
        **dict.fromkeys(("sDev", "percRank", "percValue"), shape.number),
        "uom": shape.text,
        "stringValue": shape.string,
        "booleanValue": shape.boolean,
        "hexBinaryValue": shape.pattern("[0-9A-Fa-f]+", "hexadecimal digits"),
        "uriValue": shape.uri,
        "coordinateReferenceSystem": shape.uri,
    },
)


def _report(value: Json, place: str) -> None:
    _REPORT(value, place)
    if isinstance(value, dict) and not value.keys() & {"type", "exception"}:
        raise shape.MissingMemberError(place=place + "/type")


ELEMENT = shape.members(
    {"sensorReport": shape.array(_report, least=1)}, {"sensorMetadata": _METADATA}
)
