"""A trace's things, processes and moments in a reader's words: what it is called, which one, when by our clock."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from gateway.catalogue import desk
from gateway.tracer import Story
from gateway.web import history
from gateway.web.languages import STEPS, Language, speak, word
from indexer.core import code as codes
from indexer.core.canonical import Members
from indexer.core.code import Scheme
from indexer.core.link import FIRST, LAST, Link
from indexer.core.walk import is_process

# Of so many things, the nearest, the names are looked up.
MOST_NAMED: Final = 500

_LONGEST: Final = 15  # characters that fit into a box
_ZONE: Final = timezone(timedelta(hours=8))


class Wording:
    """Words one trace; `described` are the master data of its things and classes, by canonical code."""

    def __init__(self, story: Story, described: Mapping[str, Members], language: Language) -> None:
        self.language = language
        self._described = described
        self._steps: dict[str, tuple[str, str]] = {}
        for each in story.walk.links:
            for end in (each.inner, each.outer):
                if is_process(end) and end not in self._steps:
                    self._steps[end] = self._step(story, each)

    def thing(self, code: str) -> tuple[str, str]:
        """Word a thing in two lines: which one it is, and what."""
        title, below = label(code, self.language)
        return title, self._name(code) or below

    def process(self, key: str) -> tuple[str, str]:
        """Word a process: what was done, and on which day."""
        return self._steps[key]

    def line(self, key: str) -> str:
        """Word a thing or process in one line."""
        return " · ".join(dict.fromkeys(self.process(key) if is_process(key) else self.thing(key)))

    def page(self, key: str) -> str:
        """Give the page of a thing, nothing for a process."""
        return "" if is_process(key) else codes.path(codes.read(key))

    def _name(self, code: str) -> str:
        for one in _called(code):
            if said := self._described.get(one):
                return history.spoken(said.get("name"), self.language)
        return ""

    def _step(self, story: Story, each: Link) -> tuple[str, str]:
        told = story.told[UUID(str(min(each.records, key=str)))]
        step = history.short(str(told.body.get("bizStep") or ""))
        return word(STEPS, step, self.language) or speak(self.language)("加工", "Made"), day(
            each.since
        )


def described(connection: Connection, story: Story) -> dict[str, Members]:
    """Look up what is openly stated about the things of a trace and their classes."""
    near = sorted(story.walk.things.values(), key=lambda one: one.depth)[:MOST_NAMED]
    things = (one.code for one in near if not is_process(one.code))
    return desk.described(connection, {name for code in things for name in _called(code)})


def label(code: str, language: Language) -> tuple[str, str]:
    """Word a code in two lines, such as its serial number and its GTIN."""
    parsed = codes.read(code)
    if parsed.scheme is Scheme.URI:
        tail = code.rstrip("/#").replace("#", "/").replace("/", ":").rpartition(":")[2]
        return _shortened(tail), _shortened(code.removesuffix(tail).rstrip("/:#"))
    said = history.identity(parsed, language)
    first, last = said[0], said[-1]
    return _shortened(last[1]), first[1] if len(said) > 1 else first[0]


def day(moment: str) -> str:
    """Shorten a moment to the day of our clock; nothing for none."""
    return clock(moment)[:10]


def clock(moment: str) -> str:
    """Spell a moment to the minute of our clock; nothing for none."""
    if moment in (FIRST, LAST):
        return ""
    try:
        read = datetime.fromisoformat(moment[:19]).replace(tzinfo=UTC).astimezone(_ZONE)
    except OverflowError:
        return moment[:16].replace("T", " ")
    return f"{read:%Y-%m-%d %H:%M}"


def _called(code: str) -> Iterable[str]:
    parent = codes.parent(codes.read(code))
    return [code] if parent is None else [code, codes.canonical(parent)]


def _shortened(text: str) -> str:
    """Leave the middle out of what is too long; both ends tell things apart."""
    if len(text) <= _LONGEST:
        return text
    return f"{text[: _LONGEST // 2 - 1]}…{text[-(_LONGEST // 2) :]}"
