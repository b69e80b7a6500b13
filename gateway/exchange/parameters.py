"""The table of query parameters: which there are, and what each asks of an event and of the store.

It follows EPCIS 2.0, 8.2.7.1.1. Names that are fixed stand in one table, those that carry a type, a unit or the name of
a member in another, read from above. What the store can narrow by is said beside the test and never instead of it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, NoReturn, TypeAlias

from gateway.exchange import fields, matching, patterns
from gateway.exchange.fields import ROOTS, Field
from gateway.exchange.matching import MATCHED, Test
from gateway.exchange.patterns import Pattern
from gateway.exchange.problems import QueryParameterError
from gateway.exchange.query import Query
from gateway.summary import spelt, word

_COUNT: Final = 2**53 - 1


def take(query: Query, name: str, values: Sequence[str], prefixes: Mapping[str, str]) -> None:
    """Add what one parameter asks to a query; one that is unknown is refused by its name."""
    if any("\0" in text for text in (name, *values)):
        refuse(name.replace("\0", ""), "holds U+0000")
    if name in _NAMED:
        _NAMED[name](query, values)
        return
    for expression, maker in _FAMILIES:
        match = expression.match(name)
        if match:
            maker(query, match, values, prefixes)
            return
    refuse(name, "is not known")


def refuse(name: str, reason: str) -> NoReturn:
    """Refuse a parameter."""
    raise QueryParameterError(place=f"/query/{name[:200]}", name=name[:200], reason=reason)


def whole(name: str, text: str, *, least: int = 0) -> int:
    """Read a whole number."""
    count = int(text) if re.fullmatch("[0-9]{1,16}", text) else -1
    if not least <= count <= _COUNT:
        refuse(name, f"is not a whole number from {least}")
    return count


def _time(name: str, values: Sequence[str]) -> datetime:
    at = fields.moment(values[0]) if len(values) == 1 else None
    if at is None:
        refuse(name, "is not one date and time with a zone, as in 2026-01-02T03:04:05Z")
    return at


_Maker: TypeAlias = Callable[[Query, Sequence[str]], None]


def _words(member: str, column: str) -> _Maker:
    def make(query: Query, values: Sequence[str]) -> None:
        query.tests.append(matching.words(member, values))
        _narrow(query, column, [one for value in values if (one := word(value)) is not None])

    return make


def _narrow(query: Query, column: str, values: list[str]) -> None:
    before = query.columns.get(column)
    query.columns[column] = values if before is None else [one for one in before if one in values]


def _places(member: str, column: str, *, within: bool) -> _Maker:
    def make(query: Query, values: Sequence[str]) -> None:
        query.tests.append(matching.places(member, values, within=within))
        if not within:
            _narrow(query, column, [spelt(value) for value in values])

    return make


def _span(member: str, name: str, order: str, column: str | None) -> _Maker:
    def make(query: Query, values: Sequence[str]) -> None:
        at = _time(name, values)
        query.tests.append(matching.instant(member, order, at.isoformat()))
        if column is not None:
            query.spans.append((column, order, at))

    return make


def _match(name: str) -> _Maker:
    members, classes = MATCHED[name]

    def make(query: Query, values: Sequence[str]) -> None:
        wanted: list[Pattern] = []
        for value in values:
            pattern = patterns.read(value, classes=classes)
            if pattern is None:
                refuse(name, "has a value that is neither a code nor a pattern of codes")
            wanted.append(pattern)
        query.tests.append(matching.codes(members, wanted))
        exact = [one.exact for one in wanted if one.exact is not None]
        if len(exact) == len(wanted):
            query.codes.append(exact)

    return make


def _tested(made: Callable[[Sequence[str]], Test]) -> _Maker:
    return lambda query, values: query.tests.append(made(values))


def _event_id(query: Query, values: Sequence[str]) -> None:
    query.tests.append(matching.plain("eventID", values))
    before = query.event_ids
    query.event_ids = [*values] if before is None else [one for one in before if one in values]


def _order_by(query: Query, values: Sequence[str]) -> None:
    if list(values) not in (["eventTime"], ["recordTime"]):
        refuse("orderBy", "is neither eventTime nor recordTime")
    query.ordered_by = values[0]


def _direction(query: Query, values: Sequence[str]) -> None:
    if list(values) not in (["ASC"], ["DESC"]):
        refuse("orderDirection", "is neither ASC nor DESC")
    query.direction = values[0]


def _limit(query: Query, values: Sequence[str]) -> None:
    query.limit = whole("eventCountLimit", "|".join(values), least=1)


def _most(query: Query, values: Sequence[str]) -> None:
    query.most = whole("maxEventCount", "|".join(values))


_NAMED: Final[dict[str, _Maker]] = {
    "eventType": _words("type", "type"),
    "EQ_action": _words("action", "action"),
    "EQ_bizStep": _words("bizStep", "biz_step"),
    "EQ_disposition": _words("disposition", "disposition"),
    "EQ_persistentDisposition_set": _tested(lambda some: matching.persistent("set", some)),
    "EQ_persistentDisposition_unset": _tested(lambda some: matching.persistent("unset", some)),
    "EQ_readPoint": _places("readPoint", "read_point", within=False),
    "WD_readPoint": _places("readPoint", "read_point", within=True),
    "EQ_bizLocation": _places("bizLocation", "biz_location", within=False),
    "WD_bizLocation": _places("bizLocation", "biz_location", within=True),
    "EQ_transformationID": _tested(lambda some: matching.plain("transformationID", some)),
    "EQ_eventID": _event_id,
    "EXISTS_errorDeclaration": lambda query, _: query.tests.append(matching.declared),
    "EQ_errorReason": _tested(lambda some: matching.declaration("reason", some)),
    "EQ_correctiveEventID": _tested(lambda some: matching.declaration("correctiveEventIDs", some)),
    **{name: _match(name) for name in MATCHED},
    **{
        f"{order}_{name}": _span(member, f"{order}_{name}", order, column)
        for name, member, column in (
            ("eventTime", "eventTime", "event_time"),
            ("recordTime", "recordTime", "received_at"),
            ("errorDeclarationTime", "declarationTime", None),
            ("errorDeclaration_Time", "declarationTime", None),
        )
        for order in ("GE", "LT")
    },
    "orderBy": _order_by,
    "orderDirection": _direction,
    "eventCountLimit": _limit,
    "maxEventCount": _most,
}

_Family: TypeAlias = Callable[[Query, "re.Match[str]", Sequence[str], Mapping[str, str]], None]


def _paired(
    query: Query, match: "re.Match[str]", values: Sequence[str], prefixes: Mapping[str, str]
) -> None:
    del prefixes
    query.tests.append(matching.pairs(match["member"], match["kind"], values))


def _ordered(
    query: Query, match: "re.Match[str]", values: Sequence[str], prefixes: Mapping[str, str]
) -> None:
    """Take a comparison of numbers: quantities and what sensors measured."""
    del prefixes
    wanted = _value(match[0], values)
    if fields.number(wanted) is None:
        refuse(match[0], "is no number")
    unit = match["unit"]
    if match["member"] == "quantity":
        if unit is not None:
            refuse(match[0], "is not known")
        query.tests.append(matching.quantity(match["order"], wanted))
    else:
        query.tests.append(matching.measured(match["member"], unit, match["order"], wanted))


def _timed(
    query: Query, match: "re.Match[str]", values: Sequence[str], prefixes: Mapping[str, str]
) -> None:
    del prefixes
    at = _time(match[0], values).isoformat()
    query.tests.append(matching.timed(match["member"], match["order"], at))


def _sensed(
    query: Query, match: "re.Match[str]", values: Sequence[str], prefixes: Mapping[str, str]
) -> None:
    del prefixes
    query.tests.append(matching.sensed(match["member"], values))


def _stated(
    query: Query, match: "re.Match[str]", values: Sequence[str], prefixes: Mapping[str, str]
) -> None:
    order = match["order"]
    if order != "EQ":
        wanted = _value(match[0], values)
        if fields.number(wanted) is None and fields.moment(wanted) is None:
            refuse(match[0], "is neither a number nor a time")
    query.tests.append(matching.stated(_member(match, prefixes), order, values))


def _exists(
    query: Query, match: "re.Match[str]", values: Sequence[str], prefixes: Mapping[str, str]
) -> None:
    del values
    query.tests.append(matching.exists(_member(match, prefixes)))


def _member(match: "re.Match[str]", prefixes: Mapping[str, str]) -> Field:
    root, name = match["root"] or "", match["name"]
    if not root and ":" not in name:
        refuse(match[0], "is not known: extensions are named with their prefix or their whole IRI")
    return Field(name, root, bool(match["inner"]), prefixes)


def _value(name: str, values: Sequence[str]) -> str:
    if len(values) != 1:
        refuse(name, "is not one value")
    return values[0]


_FIELD = rf"(?P<inner>INNER_)?(?:(?P<root>{'|'.join(ROOTS)})_)?(?P<name>.+)"
_FAMILIES: Final[tuple[tuple["re.Pattern[str]", _Family], ...]] = tuple(
    (re.compile(rf"{expression}\Z"), maker)
    for expression, maker in (
        (r"EQ_(?P<member>bizTransaction|source|destination)_(?P<kind>.+)", _paired),
        (
            r"(?P<order>EQ|GT|GE|LT|LE)_(?P<member>quantity|value|minValue|maxValue|meanValue|sDev|percValue|percRank)"
            r"(?:_(?P<unit>[A-Za-z0-9]{1,10}))?",
            _ordered,
        ),
        (r"(?P<order>EQ|GT|GE|LT|LE)_(?P<member>time|startTime|endTime)", _timed),
        (
            r"EQ_(?P<member>type|deviceID|deviceMetadata|rawData|dataProcessingMethod|bizRules|microorganism"
            r"|chemicalSubstance|stringValue|booleanValue|hexBinaryValue|uriValue|component|exception"
            r"|coordinateReferenceSystem)",
            _sensed,
        ),
        (rf"(?P<order>EQ|GT|GE|LT|LE)_{_FIELD}", _stated),
        (rf"EXISTS_{_FIELD}", _exists),
    )
)
