"""A bundle in plain words: what the product is and what was recorded about it, readable before anything is checked.

Everything here is what the records say. It is laid out defensively, because content may have been altered into any
shape, and it is replaced on the page by what the reader's own device finds when it checks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import TypeAlias
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
from indexer.core import code, record, safeuse, vocabulary
from indexer.core import event as events
from indexer.core.bundle import Entry
from indexer.core.canonical import Json, Members
from indexer.core.code import Code, Level, Scheme
from indexer.core.errors import InputError
from indexer.core.record import Kind

Sites: TypeAlias = Mapping[tuple[UUID, str], Members]


@dataclass(frozen=True)
class Moment:
    """One record as a line of the history."""

    id: UUID
    title: str
    when: str
    instant: str  # for machines
    who: str | None
    final: bool
    about: str | None = None
    facts: list[tuple[str, str]] = field(default_factory=list)


def places(answer: Answer) -> list[tuple[UUID, Code]]:
    """List the places that the records name, each with the participant that speaks of it."""
    found = [(one.submission.participant, _place(body(one))) for one in answer.bundle.records]
    return [(who, place) for who, place in found if place]


def moments(
    answer: Answer,
    called: Mapping[UUID, str],
    language: Language,
    sites: Sites | None = None,
    about: Mapping[UUID, str] | None = None,
) -> list[Moment]:
    """Tell the history, oldest first by the time each record itself states; what declares itself an error is none.

    A place goes by the name that the same participant gave it, if any, in its master data. `about` says of records
    that speak of something else in the product's story what that is.
    """
    told = [
        (
            _instant(entry),
            _moment(entry, called, sites or {}, language, (about or {}).get(entry.id)),
        )
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
        (t("额定供气压力", "Rated supply pressure"), _with(data.get("ratedPressurePa"), " Pa")),
        (t("能效等级", "Efficiency grade"), _text(data.get("efficiencyGrade"))),
        (t("规格", "Specification"), _text(data.get("specification"))),
        (t("执行标准", "Standard"), _text(data.get("standard"))),
        (t("CCC 证书编号", "CCC certificate"), _text(data.get("cccNumber"))),
        (t("CCC 证书有效期至", "CCC certificate valid until"), _text(data.get("cccValidUntil"))),
        (t("生产许可证编号", "Production licence"), _text(data.get("licenceNumber"))),
        (t("生产许可证有效期至", "Licence valid until"), _text(data.get("licenceValidUntil"))),
        (t("安全使用年限", "Safe use"), _with(data.get("safeUseYears"), t(" 年", " years"))),
        (t("生产企业", "Manufacturer"), spoken(data.get("manufacturer"), language)),
    ]
    return spoken(data.get("name"), language) or None, [row for row in rows if row[1]]


def safe_use(answer: Answer, asked: Code, language: Language) -> list[tuple[str, str]]:
    """Tell until when a piece may be used, counted from its earliest sale that nothing corrects or withdraws."""
    found = safeuse.years(answer.product or {})
    sales = [
        _local(entry).date()
        for entry in _standing(answer)
        if short(_text(body(entry).get("bizStep"))) == "retail_selling" and _names(entry, asked)
    ]
    if found is None or not sales or code.level(asked) not in (Level.INSTANCE, Level.UNSAID):
        return []
    sold, (years, declared) = min(sales), found
    end = safeuse.until(sold, years)
    t = speak(language)
    source = t("企业声明", "says its maker") if declared else "GB 17905-2008"
    said = t(
        f"{end}（自 {sold} 售出起 {years} 年，{source}）",
        f"{end} ({years} years from the sale on {sold}, {source})",
    )
    return [(t("可安全使用至", "Safe to use until"), said)] if end else []


def identity(asked: Code, language: Language) -> list[tuple[str, str]]:
    """Spell out the code that was asked for, part by part."""
    parts = [(word(IDENTIFIERS, ai, language), value) for ai, value in code.elements(asked)]
    return parts or [(speak(language)("产品码", "Code"), asked.key)]


def _names(entry: Entry, asked: Code) -> bool:
    """Tell whether a record speaks of the asked code itself, and not only of what belongs to its story."""
    try:
        return any(one.code == asked for one in events.names(body(entry)))
    except InputError:
        return False


def _moment(
    entry: Entry, called: Mapping[UUID, str], sites: Sites, language: Language, about: str | None
) -> Moment:
    event, instant, shown = body(entry), _instant(entry), _local(entry)
    step = short(_text(event.get("bizStep")))
    return Moment(
        id=entry.id,
        title=word(STEPS, step, language) if step else speak(language)("事件", "Event"),
        when=f"{shown:%Y-%m-%d %H:%M}",
        instant=instant.isoformat(timespec="seconds"),
        who=called.get(entry.submission.participant),
        final=entry.logged is not None,
        about=about,
        facts=[
            *_where(entry, sites, language),
            *_stated(event, language),
            *_measured(event, language),
        ],
    )


def _instant(entry: Entry) -> datetime:
    """Read when it happened; a record that does not say so is shown when it was received."""
    try:
        stated = datetime.fromisoformat(_text(body(entry).get("eventTime")))
        return stated.astimezone(UTC) if stated.tzinfo else stated.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return datetime.fromtimestamp(min(entry.received_at, 2**47) / 1000, UTC)


def _local(entry: Entry) -> datetime:
    """Give the time on the clock on the wall, where it happened; at the calendar's very ends that of Greenwich."""
    instant = _instant(entry)
    try:
        return instant.astimezone(_zone(body(entry)))
    except OverflowError:
        return instant


def _standing(answer: Answer) -> Iterator[Entry]:
    """Give what states something and was neither corrected nor withdrawn by whoever stated it."""
    over = {
        (one.submission.participant, str(one.content.get("amends")))
        for one in answer.bundle.records
        if answer.kinds[one.id] in (Kind.AMENDMENT, Kind.WITHDRAWAL)
    }
    for entry in answer.bundle.records:
        stating = answer.kinds[entry.id] in (Kind.EVENT, Kind.AMENDMENT)
        digest = record.digest(entry.content).hex()
        void = events.void(body(entry))
        if stating and not void and (entry.submission.participant, digest) not in over:
            yield entry


def _zone(event: Members) -> timezone:
    """Show times as the clock on the wall had them where it happened."""
    try:
        offset = datetime.strptime(_text(event.get("eventTimeZoneOffset")), "%z").utcoffset()
    except ValueError:
        offset = None
    return timezone(offset if offset is not None else timedelta(hours=8))


def _place(event: Members) -> Code | None:
    """Read where it happened, by the place's own number where it has one."""
    place = event.get("readPoint") or event.get("bizLocation")
    try:
        found = code.read(_text(place.get("id")) if isinstance(place, dict) else "")
    except InputError:
        return None
    return Code(Scheme.GLN, found.key) if found.scheme is Scheme.SGLN else found


def _where(entry: Entry, sites: Sites, language: Language) -> Iterator[tuple[str, str]]:
    event = body(entry)
    place = event.get("readPoint") or event.get("bizLocation")
    said = _text(place.get("id")) if isinstance(place, dict) else ""
    found = _place(event)
    if found:
        site = sites.get((entry.submission.participant, code.canonical(found)), {})
        prefix = "GLN " if found.scheme is Scheme.GLN else ""
        said = spoken(site.get("name"), language) or prefix + found.key
    if said:
        yield speak(language)("地点", "Place"), said


def _stated(event: Members, language: Language) -> Iterator[tuple[str, str]]:
    extra = event.get("ilmd")
    for name, value in {**(extra if isinstance(extra, dict) else {}), **event}.items():
        known = FIELDS.get(name.rpartition(":")[2])
        if known and ":" in name and _text(value):
            yield word({name: known}, name, language), _text(value)


def _measured(event: Members, language: Language) -> Iterator[tuple[str, str]]:
    for report in _reports(event):
        kind = short(_text(report.get("type")))
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


def short(name: str) -> str:
    """Name a word of the vocabulary for people: of a word of one's own the last part."""
    return vocabulary.short(name).rpartition("/")[2].rpartition(":")[2].rpartition("#")[2]


def spoken(value: Json, language: Language) -> str:
    """Give a text, or of texts by language the reader's."""
    if not isinstance(value, dict):
        return _text(value)
    return _text(value.get(language)) or _text(value.get("zh"))


def _text(value: Json) -> str:
    return "" if value is None or isinstance(value, bool | list | dict) else str(value)


def _with(value: Json, unit: str) -> str:
    return f"{_text(value)}{unit}" if _text(value) else ""
