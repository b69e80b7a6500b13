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
from indexer.core.link import LAST, Link, Way
from indexer.core.walk import Reached, is_process


@dataclass(frozen=True)
class Item:
    """One finished thing: since when, and until when if no longer, what was asked about is in it, and who proves it.

    `holder` is what it is packed in now; `seen`, `place` and `participant` tell of the last event about it or its
    holders.
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
        proving = [each for each in self._into[code] if each.way is not Way.PACKING] or self._out[
            code
        ]
        chain = list(self._holders(code))
        last = max(self._sightings(code, chain), key=lambda one: one.at or "", default=None)
        return Item(
            code=code,
            since=reached.spans[0][0],
            until=reached.spans[-1][1],
            holder=chain[0][0] if chain else None,
            seen=last.at if last else None,
            place=_place(last.body) if last else None,
            participant=last.row.participant if last else None,
            records=sorted({UUID(str(one)) for each in proving for one in each.records}),
        )

    def _holders(self, code: str) -> Iterator[tuple[str, str]]:
        """Climb from a thing to what it is packed in now, and so on; each with since when."""
        met = {code}
        while True:
            packed = [
                each for each in self._out[code] if each.way is Way.PACKING and each.until == LAST
            ]
            now = max(packed, key=lambda each: each.since, default=None)
            if now is None or now.outer in met:
                return
            yield now.outer, now.since
            code = now.outer
            met.add(code)

    def _sightings(self, code: str, chain: Sequence[tuple[str, str]]) -> Iterator[Told]:
        yield from self._events[code]
        since = ""
        for holder, packed in chain:
            since = max(since, packed)
            yield from (one for one in self._events[holder] if one.at and one.at >= since)


def _place(event: Members) -> str | None:
    for name in ("bizLocation", "readPoint"):
        place: Json = event.get(name)
        if isinstance(place, dict) and isinstance(place.get("id"), str):
            return str(place["id"])
    return None
