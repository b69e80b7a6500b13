"""A bundle in plain words: what the product is and what was recorded about it, readable before anything is checked.

Everything here is what the records say. It is laid out defensively, because content may have been altered into any
shape, and it is replaced on the page by what the reader's own device finds when it checks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from gateway.verifier import Answer
from gateway.web.languages import (
    CATEGORIES,
    FIELDS,
    IDENTIFIERS,
    MEASURES,
    STEPS,
    UNITS,
    Language,
    speak,
    word,
)
from gateway.web.shown import body
from indexer.core import code, vocabulary
from indexer.core import event as events
from indexer.core.bundle import Entry
from indexer.core.canonical import Json, Members
from indexer.core.code import Code, Scheme
from indexer.core.errors import InputError
from indexer.core.record import Kind


@dataclass(frozen=True)
class Moment:
    """One record as a line of the history."""

    id: UUID
    title: str
    when: str
    instant: str  # for machines
    who: str | None
    final: bool
    facts: list[tuple[str, str]] = field(default_factory=list)


def moments(answer: Answer, called: Mapping[UUID, str], language: Language) -> list[Moment]:
    """Tell the history, oldest first by the time each record itself states; what declares itself an error is none."""
    told = [
        (_instant(entry), _moment(entry, called, language))
        for entry in answer.bundle.records
        if answer.kinds[entry.id] == Kind.EVENT and not events.void(body(entry))
    ]
    return [moment for _, moment in sorted(told, key=lambda one: one[0])]


def product(answer: Answer, language: Language) -> tuple[str | None, list[tuple[str, str]]]:
    """Name the product and list its facts, as its master data has them."""
    data = answer.product
    if data is None:
        return None, []
    t = speak(language)
    rows = [
        (t("品牌", "Brand"), _text(data.get("brand"))),
        (t("型号", "Model"), _text(data.get("model"))),
        (t("类别", "Category"), word(CATEGORIES, _text(data.get("category")), language)),
        (t("燃气类别", "Gas class"), _text(data.get("gasClass"))),
        (t("额定热负荷", "Rated heat load"), _with(data.get("ratedHeatLoadKw"), " kW")),
        (t("执行标准", "Standard"), _text(data.get("standard"))),
        (t("CCC 证书编号", "CCC certificate"), _text(data.get("cccNumber"))),
        (t("安全使用年限", "Safe use"), _with(data.get("safeUseYears"), t(" 年", " years"))),
        (t("生产企业", "Manufacturer"), _spoken(data.get("manufacturer"), language)),
    ]
    return _spoken(data.get("name"), language) or None, [row for row in rows if row[1]]


def identity(asked: Code, language: Language) -> list[tuple[str, str]]:
    """Spell out the code that was asked for, part by part."""
    parts = [(word(IDENTIFIERS, ai, language), value) for ai, value in code.elements(asked)]
    return parts or [(speak(language)("产品码", "Code"), asked.key)]


def _moment(entry: Entry, called: Mapping[UUID, str], language: Language) -> Moment:
    event, instant = body(entry), _instant(entry)
    shown = instant.astimezone(_zone(event))
    step = _short(_text(event.get("bizStep")))
    return Moment(
        id=entry.id,
        title=word(STEPS, step, language) if step else speak(language)("事件", "Event"),
        when=f"{shown:%Y-%m-%d %H:%M}",
        instant=instant.isoformat(timespec="seconds"),
        who=called.get(entry.submission.participant),
        final=entry.logged is not None,
        facts=[*_where(event, language), *_stated(event, language), *_measured(event, language)],
    )


def _instant(entry: Entry) -> datetime:
    """Read when it happened; a record that does not say so is shown when it was received."""
    try:
        stated = datetime.fromisoformat(_text(body(entry).get("eventTime")))
        return stated.astimezone(UTC) if stated.tzinfo else stated.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return datetime.fromtimestamp(min(entry.received_at, 2**47) / 1000, UTC)


def _zone(event: Members) -> timezone:
    """Show times as the clock on the wall had them where it happened."""
    try:
        offset = datetime.strptime(_text(event.get("eventTimeZoneOffset")), "%z").utcoffset()
    except ValueError:
        offset = None
    return timezone(offset if offset is not None else timedelta(hours=8))


def _where(event: Members, language: Language) -> Iterator[tuple[str, str]]:
    place = event.get("readPoint") or event.get("bizLocation")
    named = _text(place.get("id")) if isinstance(place, dict) else ""
    if named:
        try:
            place_code = code.read(named)
            prefix = "GLN " if place_code.scheme in (Scheme.GLN, Scheme.SGLN) else ""
            yield speak(language)("地点", "Place"), prefix + place_code.key
        except InputError:
            yield speak(language)("地点", "Place"), named


def _stated(event: Members, language: Language) -> Iterator[tuple[str, str]]:
    extra = event.get("ilmd")
    for name, value in {**(extra if isinstance(extra, dict) else {}), **event}.items():
        known = FIELDS.get(name.rpartition(":")[2])
        if known and ":" in name and _text(value):
            yield word({name: known}, name, language), _text(value)


def _measured(event: Members, language: Language) -> Iterator[tuple[str, str]]:
    for report in _reports(event):
        kind = _short(_text(report.get("type")))
        named = _text(report.get("suyuan:item")) or word(MEASURES, kind, language)
        unit = _text(report.get("uom"))
        value = _text(report.get("value"))
        if named and value:
            yield named, f"{value} {UNITS.get(unit, unit)}".rstrip()


def _reports(event: Members) -> Iterator[Members]:
    elements = event.get("sensorElementList")
    for element in elements if isinstance(elements, list) else []:
        reports = element.get("sensorReport") if isinstance(element, dict) else None
        for report in reports if isinstance(reports, list) else []:
            if isinstance(report, dict):
                yield report


def _short(name: str) -> str:
    """Name a word of the vocabulary for people: of a word of one's own the last part."""
    return vocabulary.short(name).rpartition("/")[2].rpartition(":")[2].rpartition("#")[2]


def _spoken(value: Json, language: Language) -> str:
    if not isinstance(value, dict):
        return _text(value)
    return _text(value.get(language)) or _text(value.get("zh"))


def _text(value: Json) -> str:
    return "" if value is None or isinstance(value, bool | list | dict) else str(value)


def _with(value: Json, unit: str) -> str:
    return f"{_text(value)}{unit}" if _text(value) else ""
