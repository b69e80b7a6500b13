"""What of a trace is drawn and in which words: boxes for things, arrows for links, and many alike as one with a count.

Alike are things of one product in one place of the trace: with links of the same kinds from and to things that are
alike again. So a thousand valves in a thousand heaters are two boxes, and the one heater whose valve was replaced is a
third.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from typing import Final
from uuid import UUID

from gateway.tracer import Story
from gateway.web import history
from gateway.web.languages import STEPS, Language, speak, word
from indexer.core import code as codes
from indexer.core.code import Scheme
from indexer.core.link import FIRST, LAST, Link, Way
from indexer.core.walk import Reached, is_process

# So many boxes still make a drawing; of more, the nearest are drawn.
MOST_DRAWN: Final = 60
# So many that are alike are still drawn one by one.
_FEW: Final = 3
_ROUNDS: Final = 6  # of telling things apart by their neighbours' neighbours
_LONGEST: Final = 19  # characters that fit into a box
_ZONE: Final = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Shape:
    """One box: what it says, where it leads, and for how many things it stands."""

    key: str
    kind: str  # asked, thing, holder or process
    title: str
    subtitle: str
    whole: str
    href: str | None
    many: int = 1


@dataclass(frozen=True)
class Stroke:
    """One arrow: its ends, how the inner belongs to the outer, when, and the records that say so."""

    inner: str
    outer: str
    way: Way
    since: str
    until: str
    records: Sequence[UUID]

    @property
    def ended(self) -> bool:
        """Whether the inner is out again."""
        return bool(self.until)


@dataclass(frozen=True)
class Sketch:
    """What is drawn; `more` says how many things are not."""

    shapes: Sequence[Shape]
    strokes: Sequence[Stroke]
    more: int


def sketch(story: Story, language: Language) -> Sketch:
    """Choose and word what is drawn of a trace."""
    classes = _classes(story)
    near = sorted(classes, key=lambda one: min(story.walk.things[code].depth for code in one))
    drawn, left = near[:MOST_DRAWN], near[MOST_DRAWN:]
    packed = {each.outer for each in story.walk.links if each.way is Way.PACKING}
    holders = {code for code in packed if story.walk.things[code].held}
    shapes = [_shape(story, codes_, holders, language) for codes_ in drawn]
    box = {code: shape.key for codes_, shape in zip(drawn, shapes, strict=True) for code in codes_}
    bundles = defaultdict[tuple[str, str, Way, bool], list[Link]](list)
    for each in story.walk.links:
        if each.inner in box and each.outer in box:
            ended = each.until != LAST
            bundles[box[each.inner], box[each.outer], each.way, ended].append(each)
    strokes = [
        Stroke(
            inner,
            outer,
            way,
            day(min(each.since for each in some)),
            day(max(each.until for each in some)),
            sorted({UUID(str(one)) for each in some for one in each.records}),
        )
        for (inner, outer, way, _), some in bundles.items()
    ]
    return Sketch(shapes, strokes, sum(map(len, left)))


def label(code: str, language: Language) -> tuple[str, str]:
    """Word a thing in a line and one below it, such as its serial number and its GTIN."""
    parsed = codes.parse(code)
    if parsed.scheme is Scheme.URI:
        tail = code.rstrip("/#").replace("#", "/").replace("/", ":").rpartition(":")[2]
        return _shortened(tail), _shortened(code.removesuffix(tail).rstrip("/:#"))
    said = [f"{name} {value}" for name, value in history.identity(parsed, language)]
    value = history.identity(parsed, language)[-1]
    return _shortened(value[1]), said[0] if len(said) > 1 else value[0]


def day(moment: str) -> str:
    """Shorten a moment to the day of our clock; nothing for none."""
    return clock(moment)[:10]


def clock(moment: str) -> str:
    """Spell a moment to the minute of our clock; nothing for none."""
    if moment in (FIRST, LAST):
        return ""
    read = datetime.fromisoformat(moment[:19]).replace(tzinfo=UTC)
    return f"{read.astimezone(_ZONE):%Y-%m-%d %H:%M}"


def _classes(story: Story) -> Iterator[Sequence[str]]:
    """Group what is alike where it is more than a few, in the order of the trace."""
    colour: dict[str, Hashable] = {
        code: (code == story.asked, is_process(code), one.held, _product(code), _far(one))
        for code, one in story.walk.things.items()
    }
    for _ in range(_ROUNDS):
        around = defaultdict[str, set[Hashable]](set)
        for each in story.walk.links:
            ended = each.until != LAST
            around[each.inner].add((True, each.way, ended, colour[each.outer]))
            around[each.outer].add((False, each.way, ended, colour[each.inner]))
        number = defaultdict[Hashable, int](count().__next__)
        colour = {code: number[own, frozenset(around[code])] for code, own in colour.items()}
    alike = defaultdict[Hashable, list[str]](list)
    for code, own in colour.items():
        alike[own].append(code)
    for some in alike.values():
        yield from [some] if len(some) > _FEW else [[code] for code in some]


def _product(code: str) -> str:
    """Give what things of one kind have in common."""
    if is_process(code):
        return ""
    parsed = codes.parse(code)
    return str(codes.parent(parsed) or parsed.scheme)


def _far(one: Reached) -> tuple[int, int]:
    return (-1 if one.back is None else one.back, -1 if one.forward is None else one.forward)


def _shape(story: Story, some: Sequence[str], holders: Set[str], language: Language) -> Shape:
    t = speak(language)
    first, many = some[0], len(some)
    if is_process(first):
        title, subtitle = _process(story, first, language)
        return Shape(first, "process", title, subtitle, title, None, many)
    title, subtitle = label(first, language)
    if many > 1:
        title, subtitle = t(f"× {many} 件", f"× {many} pieces"), subtitle
    return Shape(
        key=first,
        kind="asked" if first == story.asked else "holder" if first in holders else "thing",
        title=title,
        subtitle=subtitle,
        whole="\n".join(some[:20]) + ("\n…" if many > 20 else ""),
        href=codes.path(codes.parse(first)) if many == 1 else None,
        many=many,
    )


def _process(story: Story, process: str, language: Language) -> tuple[str, str]:
    """Word a process by its business step and its day."""
    for each in story.walk.links:
        if process in (each.inner, each.outer):
            told: Mapping[str, object] = story.told[UUID(str(min(each.records, key=str)))].body
            step = history.short(str(told.get("bizStep") or ""))
            return word(STEPS, step, language) or speak(language)("加工", "Made"), day(each.since)
    return "", ""


def _shortened(text: str) -> str:
    """Leave the middle out of what is too long; both ends tell things apart."""
    if len(text) <= _LONGEST:
        return text
    return f"{text[: _LONGEST // 2 - 1]}…{text[-(_LONGEST // 2) :]}"
