"""Where it all went: the finished things that a lot or a part ended up in, and where each was last seen.

Finished is what nothing more was made of as far as anybody recorded: no input of anything, not built in anywhere now,
not a lot that was given serial numbers, and no mere case or pallet. Built on a trace forward (tracer.py), so a thing
stays in the list with the day on which the part was taken out of it again.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from gateway.tracer import Story, Told
from indexer.core.canonical import Json, Members
from indexer.core.link import FIRST, LAST, Link, Way
from indexer.core.walk import Reached, is_process


@dataclass(frozen=True)
class Item:
    """One finished thing: since when, and until when if no longer, what was asked about is in it, and who proves it.

    `holder` is what it is packed in now; `seen` and `participant` tell of the last event about it or about what held it
    then, `place` of the last that says where.
    """

    code: str
    since: str
    until: str
    holder: str | None
    seen: str | None
    place: str | None
    participant: UUID | None
    records: Sequence[UUID]


def items(story: Story) -> list[Item]:
    """List the finished things of a trace forward, by their codes."""
    return [one for _, one in sorted((one.code, one) for one in _Recall(story).items())]


class _Recall:
    def __init__(self, story: Story) -> None:
        self._story = story
        self._out, self._into = (
            defaultdict[str, list[Link]](list),
            defaultdict[str, list[Link]](list),
        )
        for each in story.walk.links:
            self._out[each.inner].append(each)
            self._into[each.outer].append(each)
        self._events = defaultdict[str, list[Told]](list)
        for told in story.told.values():
            if told.sound and told.event and told.at and told.row.id not in story.over:
                for name in told.names:
                    self._events[str(name.code)].append(told)

    def items(self) -> Iterator[Item]:
        for code, reached in self._story.walk.things.items():
            if self._finished(code):
                yield self._item(code, reached)

    def _finished(self, code: str) -> bool:
        went_on = any(
            each.way is not Way.PACKING and each.until == LAST for each in self._out[code]
        )
        holds = any(each.way is Way.PACKING for each in self._into[code])
        return not (went_on or holds or is_process(code) or code == self._story.asked)

    def _item(self, code: str, reached: Reached) -> Item:
        proving = [each for each in self._into[code] if each.way is not Way.PACKING]
        now = [each for each in self._packed(code) if each.until == LAST]
        seen = sorted(self._sightings(code, FIRST, LAST), key=lambda one: (one.at, one.row.id))
        places = [place for one in seen if (place := _place(one.body))]
        return Item(
            code=code,
            since=reached.spans[0][0],
            until=reached.spans[-1][1],
            holder=max(now, key=lambda each: each.since).outer if now else None,
            seen=seen[-1].at if seen else None,
            place=places[-1] if places else None,
            participant=seen[-1].row.participant if seen else None,
            records=sorted(
                {UUID(str(one)) for each in proving or self._packed(code) for one in each.records}
            ),
        )

    def _packed(self, code: str) -> list[Link]:
        return [each for each in self._out[code] if each.way is Way.PACKING]

    def _sightings(self, code: str, since: str, until: str) -> Iterator[Told]:
        """List the events about a thing in a span, those about what held it and about what held that included."""
        waiting, met = [(code, since, until)], set[tuple[str, str, str]]()
        while waiting:
            here = waiting.pop()
            code, since, until = here
            if here in met or since > until:
                continue
            met.add(here)
            # What takes it out still tells where it was.
            yield from (one for one in self._events[code] if since <= (one.at or "") <= until)
            for each in self._packed(code):
                waiting.append((each.outer, max(since, each.since), min(until, each.until)))


def _place(event: Members) -> str | None:
    for name in ("bizLocation", "readPoint"):
        place: Json = event.get(name)
        if isinstance(place, dict) and isinstance(place.get("id"), str):
            return str(place["id"])
    return None
