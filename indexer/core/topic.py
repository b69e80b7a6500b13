"""What one topic asks of an event: facts, each with the fields that may hold it, as a check and as a JSON Schema.

Everything that is missing or wrong is found at once. A fact may stand in one of several fields, since EPCIS has a
member of its own for much of what the topics ask; the first of them is named where none is there. The EPCIS grammar
of what is there is for the event's own check.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from indexer.core import form
from indexer.core.canonical import Json, Members
from indexer.core.errors import InputError
from indexer.core.form import Form
from indexer.core.pointer import escape

MEMBER: Final = "suyuan:topic"
# A business step by its short name, its URN, its web address or the usual prefix of that.
_STEP: Final = (
    r"^(?:urn:epcglobal:cbv:bizstep:|(?:https?://(?:ref|ns)\.gs1\.org/cbv/|cbv:)?BizStep-|)(?:{})$"
)


class TopicFieldMissingError(InputError):
    """An event that declares a topic and lacks what the topic asks for."""

    code = "TOPIC_FIELD_MISSING"
    sentence = "an event of the topic {topic} states {what}: the member at {place!r} is missing"


class TopicMisplacedError(InputError):
    """An event that declares a topic which its type or business step cannot carry."""

    code = "TOPIC_MISPLACED"
    sentence = "the topic {topic} goes with {allowed} at {place!r} alone"


@dataclass(frozen=True)
class Place:
    """A field that may hold a fact: the member, or the member inside of one, and its form."""

    path: tuple[str, ...]
    form: Form

    @property
    def pointer(self) -> str:
        """Where it stands in the event."""
        return "".join(escape(name) for name in self.path)

    def find(self, event: Members) -> list[Json]:
        """Return what stands there, alone in a list, or nothing; an empty list holds nothing."""
        found: Json = event
        for name in self.path:
            if not isinstance(found, dict) or name not in found:
                return []
            found = found[name]
        return [] if found == [] else [found]

    def demand(self) -> Members:
        """Say in JSON Schema that something stands there."""
        made: Members = {"required": [self.path[-1]]}
        if self.form.schema.get("type") == "array":
            made["properties"] = {self.path[-1]: {"minItems": 1}}
        for name in reversed(self.path[:-1]):
            inside: Members = {"type": "object", **made}
            made = {"required": [name], "properties": {name: inside}}
        return made


@dataclass(frozen=True)
class Fact:
    """One thing a topic asks for; with `steps` it is required at these business steps alone."""

    zh: str
    en: str
    places: tuple[Place, ...]
    required: bool = True
    steps: frozenset[str] | None = None

    def faults(self, event: Members, topic: str) -> Iterator[InputError]:
        """Find what is wrong with it in an event."""
        found = [(place, value) for place in self.places for value in place.find(event)]
        for place, value in found:
            try:
                place.form.check(value, place.pointer)
            except InputError as error:
                yield error
        asked = self.required and (self.steps is None or is_step(event.get("bizStep"), self.steps))
        if asked and not found:
            what = f"{self.zh} ({self.en})"
            yield TopicFieldMissingError(place=self.places[0].pointer, topic=topic, what=what)

    def demand(self) -> Members | None:
        """Say in JSON Schema that it must be there, None where it need not."""
        if not self.required:
            return None
        ways: list[Json] = [place.demand() for place in self.places]
        made: Members = {"anyOf": ways} if len(ways) > 1 else self.places[0].demand()
        if self.steps is None:
            return made
        step: Members = {"properties": {"bizStep": step_form(self.steps)}, "required": ["bizStep"]}
        return {"if": step, "then": made}


@dataclass(frozen=True)
class Topic:
    """One topic: the events that may carry it, and what they state."""

    name: str
    zh: str
    en: str
    types: frozenset[str]
    steps: frozenset[str]
    facts: tuple[Fact, ...]

    def faults(self, event: Members) -> Iterator[InputError]:
        """Find all that keeps an event from being of this topic."""
        for name, allowed, fits in (
            ("type", self.types, event.get("type") in sorted(self.types)),
            ("bizStep", self.steps, is_step(event.get("bizStep"), self.steps)),
        ):
            if not fits:
                listed = ", ".join(sorted(allowed))
                yield TopicMisplacedError(place=f"/{name}", topic=self.name, allowed=listed)
        for fact in self.facts:
            yield from fact.faults(event, self.name)

    def schema(self) -> Members:
        """Say the same as JSON Schema, with both names of every field."""
        types: list[Json] = [*sorted(self.types)]
        properties: Members = {
            MEMBER: {"const": self.name},
            "type": {"enum": types},
            "bizStep": step_form(self.steps),
        }
        for fact in self.facts:
            for place in fact.places:
                _describe(properties, place, fact)
        required: list[Json] = [MEMBER, "type", "bizStep"]
        demands: list[Json] = []
        for demand in filter(None, (fact.demand() for fact in self.facts)):
            # What asks for one member and no more reads best where JSON Schema has its own list of them.
            asked = demand["required"] if demand.keys() == {"required"} else None
            required += asked if isinstance(asked, list) else []
            demands += [] if asked else [demand]
        return {
            "$schema": form.DIALECT,
            "title": self.zh,
            "description": self.en,
            "type": "object",
            "required": required,
            "properties": properties,
            "allOf": demands,
        }


def is_step(value: Json, steps: frozenset[str]) -> bool:
    """Tell whether a business step, in any of its spellings, is one of these."""
    return isinstance(value, str) and re.fullmatch(_pattern(steps), value) is not None


def step_form(steps: frozenset[str]) -> Members:
    """Say in JSON Schema that a business step is one of these."""
    return {"type": "string", "pattern": _pattern(steps)}


def _pattern(steps: frozenset[str]) -> str:
    return _STEP.format("|".join(sorted(steps)))


def _describe(properties: Members, place: Place, fact: Fact) -> None:
    described: Mapping[str, Json] = {"title": fact.zh, "description": fact.en, **place.form.schema}
    inside = properties
    for name in place.path[:-1]:
        outer = inside.setdefault(name, {"properties": {}})
        if isinstance(outer, dict) and isinstance(found := outer["properties"], dict):
            inside = found
    inside[place.path[-1]] = dict(described)
