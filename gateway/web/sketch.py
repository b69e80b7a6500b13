"""What of a trace is drawn and in which words: boxes for things, arrows for links, and many alike as one with a count.

Alike are things of one product in one place of the trace: with links of the same kinds from and to things that are
alike again. So a thousand valves in a thousand heaters are two boxes, and the one heater whose valve was replaced is a
third.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import count
from typing import Final
from unicodedata import east_asian_width
from uuid import UUID

from gateway.tracer import Story
from gateway.web.languages import speak
from gateway.web.wording import Wording, day
from indexer.core import code as codes
from indexer.core.link import LAST, Link, Way
from indexer.core.walk import Reached, is_process

# So many boxes still make a drawing; of more, the nearest are drawn.
MOST_DRAWN: Final = 60
# So many that are alike are still drawn one by one.
_FEW: Final = 3
_WIDE = 24  # narrow characters that a box holds beside each other
_ROUNDS: Final = 6  # of telling things apart by their neighbours' neighbours


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
    said: bool  # whether its time is written beside it

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


def sketch(story: Story, words: Wording) -> Sketch:
    """Choose and word what is drawn of a trace."""
    near = sorted(_classes(story), key=lambda one: story.walk.things[one[0]].depth)
    drawn, left = near[:MOST_DRAWN], near[MOST_DRAWN:]
    packed = {each.outer for each in story.walk.links if each.way is Way.PACKING}
    holders = {code for code in packed if story.walk.things[code].held}
    shapes = [_shape(story, some, holders, words) for some in drawn]
    box = {code: shape.key for some, shape in zip(drawn, shapes, strict=True) for code in some}
    bundles = defaultdict[tuple[str, str, Way, bool], list[Link]](list)
    for each in story.walk.links:
        if each.inner in box and each.outer in box:
            bundles[box[each.inner], box[each.outer], each.way, each.until != LAST].append(each)
    return Sketch(shapes, _strokes(bundles), sum(map(len, left)))


def _strokes(bundles: Mapping[tuple[str, str, Way, bool], Sequence[Link]]) -> list[Stroke]:
    said: set[tuple[str, Way, str, str]] = set()
    strokes = []
    for (inner, outer, way, _), some in bundles.items():
        since, until = day(min(each.since for each in some)), day(max(each.until for each in some))
        # What happened to one thing on one day is said once.
        marks = {(end, way, since, until) for end in (inner, outer)}
        records = sorted({UUID(str(one)) for each in some for one in each.records})
        strokes.append(Stroke(inner, outer, way, since, until, records, said.isdisjoint(marks)))
        said |= marks
    return strokes


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
    parsed = codes.read(code)
    return str(codes.parent(parsed) or parsed.scheme)


def _far(one: Reached) -> tuple[int, int]:
    return (-1 if one.back is None else one.back, -1 if one.forward is None else one.forward)


def _fitting(text: str) -> str:
    """Cut what is wider than a box; a character of Chinese is as wide as two others."""
    width = 0
    for at, one in enumerate(text):
        width += 2 if east_asian_width(one) in "WF" else 1
        if width > _WIDE:
            return text[: max(at - 1, 0)].rstrip() + "…"
    return text


def _shape(story: Story, some: Sequence[str], holders: Set[str], words: Wording) -> Shape:
    first, many = some[0], len(some)
    if is_process(first):
        title, subtitle = words.process(first)
        return Shape(first, "process", title, subtitle, title, None, many)
    title, subtitle = words.thing(first)
    if many > 1:
        title = speak(words.language)(f"× {many} 件", f"× {many} pieces")
    return Shape(
        key=first,
        kind="asked" if first == story.asked else "holder" if first in holders else "thing",
        title=title,
        subtitle=_fitting(subtitle),
        whole="\n".join(some[:20]) + ("\n…" if many > 20 else ""),
        href=words.page(first) if many == 1 else None,
        many=many,
    )
