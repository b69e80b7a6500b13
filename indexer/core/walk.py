"""From one product to all that belongs to its story: what it was made of, what was made of it, and what held it.

Links lead from what is inside or went in to what holds it or came out (link.py). `back` goes against them and
`forward` along them, never by turns: whoever turned round half-way would count the other boxes on a pallet. On either
way the holders of what is reached are reached too, since a case that is handed over hands over what is in it; but from
a holder nobody goes down again to its other contents. Everything is reached for a span of time, so a case counts only
while the item is in it. The result is the least set that the rules below allow, so the order of records never matters
and circles end.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from operator import itemgetter
from typing import Final, TypeAlias

from indexer.core import link
from indexer.core.event import Naming
from indexer.core.link import FIRST, LAST, Link, Reference, Statement, Way, after

Span: TypeAlias = tuple[str, str]
Spans: TypeAlias = tuple[Span, ...]  # in order, apart from each other

EVER: Final[Spans] = ((FIRST, LAST),)


class Direction(StrEnum):
    """Which way links are followed."""

    BACK = "back"
    FORWARD = "forward"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Reached:
    """One thing or process: in how many steps each way, and when what happens to it belongs to the story.

    `held` says that it was reached only as something that held other things.
    """

    code: str
    back: int | None
    forward: int | None
    held: bool
    spans: Spans

    @property
    def depth(self) -> int:
        """How many steps it is away."""
        return min(one for one in (self.back, self.forward) if one is not None)

    def during(self, at: str) -> bool:
        """Whether a moment belongs to the story."""
        return bool(_cut(self.spans, at, after(at)))


@dataclass(frozen=True)
class Walk:
    """What was reached, by code, and the links that led there; `whole` says that nothing lies beyond."""

    things: Mapping[str, Reached]
    links: Sequence[Link]
    whole: bool

    @cached_property
    def proving(self) -> set[Reference]:
        """The records that some link hangs on."""
        return {one for each in self.links for one in each.records}

    def named(self, record: Reference, at: str | None, names: Iterable[Naming]) -> list[Naming]:
        """List what an event names of the story: what was reached then, or at all where a link hangs on the event.

        Whoever names only a piece's lot tells of that piece, and of the lot's others nothing.
        """
        found = []
        for one in names:
            reached = self.things.get(link.key(one))
            then = at is not None and one.role != "lot"
            if reached and (record in self.proving or (then and reached.during(at or ""))):
                found.append(one)
        return found


def walk(
    asked: str,
    direction: Direction,
    statements: Iterable[Statement],
    depth: int | None = None,
) -> Walk:
    """Walk from a canonical code, at most `depth` steps; a process counts as none."""
    made = link.links(statements)
    ways = [_Way(back, made) for back in (True, False) if direction is not _ONLY[back]]
    ended = [way.follow(asked, depth) for way in ways]
    used = {each for way in ways for each in way.used}
    codes = dict.fromkeys(code for way in ways for code, _ in way.steps)
    things = {code: _reached(code, ways) for code in codes}
    return Walk(things, sorted(used, key=_in_order), all(ended))


_ONLY = {True: Direction.FORWARD, False: Direction.BACK}
# A code, and whether it was reached as the holder of something that was reached.
_State: TypeAlias = tuple[str, bool]


class _Way:
    """One direction's way: every state reached, in how many steps, and when it is part of what was asked about."""

    def __init__(self, back: bool, links: Iterable[Link]) -> None:
        self.back = back
        self.steps: dict[_State, int] = {}
        self.spans: dict[_State, Spans] = {}
        self.used: set[Link] = set()
        self._outward, self._inward = (
            defaultdict[str, list[Link]](list),
            defaultdict[str, list[Link]](list),
        )
        for each in links:
            self._outward[each.inner].append(each)
            self._inward[each.outer].append(each)

    def follow(self, asked: str, depth: int | None) -> bool:
        """Go until nothing new is reached; False where `depth` ended it."""
        self.spans[asked, False], self.steps[asked, False] = EVER, 0
        fresh: list[_State] = [(asked, False)]
        step = 0
        while fresh and step != depth:
            step += 1
            fresh = self._grown(fresh, step)
            processes = [state for state in fresh if is_process(state[0])]
            fresh = [state for state in fresh if not is_process(state[0])]
            fresh = list(dict.fromkeys(fresh + self._grown(processes, step)))
        return not fresh

    def story(self, state: _State) -> Spans:
        """Tell when what happens to it counts: of parts all before, of products all after, of holders their while."""
        spans = self.spans[state]
        if state[1]:
            return spans
        return ((FIRST, spans[-1][1]),) if self.back else ((spans[0][0], LAST),)

    def _grown(self, states: Iterable[_State], step: int) -> list[_State]:
        """Take one step from each state; give those that are new or now reached for longer."""
        found = defaultdict[_State, list[Span]](list)
        for state in states:
            for each, target, spans in self._next(state):
                if spans:
                    self.used.add(each)
                    found[target] += spans
        grown = []
        for target, spans in found.items():
            before = self.spans.get(target, ())
            self.spans[target] = _joined([*before, *spans])
            if self.spans[target] != before:
                self.steps.setdefault(target, step)
                grown.append(target)
        return grown

    def _next(self, state: _State) -> Iterator[tuple[Link, _State, Sequence[Span]]]:
        code, holder = state
        spans, story = self.spans[state], self.story(state)
        for each in self._outward[code]:
            if each.way is Way.PACKING or (each.way is Way.ASSOCIATION and not self.back):
                yield each, (each.outer, True), _cut(story, each.since, each.until)
            elif not self.back and not (each.way is Way.LOT and holder):
                yield each, (each.outer, False), self._became(each, spans, story)
        for each in self._inward[code]:
            if each.way in _HOLDING:
                if not holder and (self.back or each.way is Way.PACKING):
                    yield each, (each.inner, False), _cut(spans, each.since, each.until)
            elif self.back:
                yield each, (each.inner, False), self._came(each, spans)

    def _became(self, each: Link, spans: Spans, story: Spans) -> Sequence[Span]:
        """Tell since when the outer end is a product of this: from its making on."""
        if each.way is Way.LOT:
            return _cut(spans, each.since, LAST)
        if not _cut(story, each.since, after(each.since)):
            return ()
        return EVER if is_process(each.outer) else ((each.since, LAST),)

    def _came(self, each: Link, spans: Spans) -> Sequence[Span]:
        """Tell when the inner end was what this was made of: an input at the moment that consumed it."""
        if each.way is Way.LOT:
            return spans
        if each.since >= spans[-1][1]:
            return ()
        return EVER if is_process(each.inner) else ((each.since, after(each.since)),)


_HOLDING = (Way.PACKING, Way.ASSOCIATION)


def _in_order(one: Link) -> tuple[str, str, str, str]:
    return (one.inner, one.outer, one.way, one.since)


def is_process(code: str) -> bool:
    """Tell a process from a thing."""
    return code.startswith(_PROCESS)


_PROCESS = link.process("")


def _reached(code: str, ways: Sequence[_Way]) -> Reached:
    states = [(code, False), (code, True)]
    steps = {
        way.back: min(way.steps[state] for state in states if state in way.steps)
        for way in ways
        if any(state in way.steps for state in states)
    }
    return Reached(
        code=code,
        back=steps.get(True),
        forward=steps.get(False),
        held=not any(states[0] in way.steps for way in ways),
        spans=_joined(
            [
                one
                for way in ways
                for state in states
                if state in way.steps
                for one in way.story(state)
            ]
        ),
    )


def _cut(spans: Spans, since: str, until: str) -> Sequence[Span]:
    """Give what of these spans lies in another."""
    found = []
    for start, end in spans[bisect_right(spans, since, key=itemgetter(1)) :]:
        if start >= until:
            break
        found.append((max(start, since), min(end, until)))
    return found


def _joined(spans: list[Span]) -> Spans:
    """Put spans in order, those that touch into one."""
    spans.sort()
    found = spans[:1]
    for start, end in spans[1:]:
        if start > found[-1][1]:
            found.append((start, end))
        elif end > found[-1][1]:
            found[-1] = (found[-1][0], end)
    return tuple(found)
