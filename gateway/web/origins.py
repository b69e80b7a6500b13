"""What a product was made of, what is built into it and how it travelled, in a few plain lines for whoever bought it.

Only what touches the product itself is told; how far it goes back beyond is counted, and drawn on the trace's page.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from uuid import UUID

from gateway.tracer import Story
from gateway.web.languages import Say, speak
from gateway.web.wording import Wording, day
from indexer.core.link import LAST, Link, Way
from indexer.core.walk import is_process

# Lines that a reader takes in at a glance.
MOST: Final = 12
_FEW: Final = 3  # things named in one line


def lines(story: Story, words: Wording) -> list[tuple[str, str]]:
    """Tell the story in lines, each with its day, the oldest first."""
    told = sorted(_told(story, words))
    return [(day(at), said) for at, said in told][:MOST]


def beyond(story: Story) -> int:
    """Count the things that it was made of, directly or not."""
    walked = story.walk.things.values()
    return sum(1 for one in walked if one.back and not one.held and not is_process(one.code))


def about(story: Story, words: Wording, records: Iterable[UUID]) -> dict[UUID, str]:
    """Word which other thing a record of the story speaks of, where it does not name the asked one."""
    found = {}
    for record in records:
        told = story.told.get(record)
        if told and story.steps.get(record):
            names = story.walk.named(record, told.at, told.names)
            keys = dict.fromkeys(str(one.code) for one in names if one.role != "transformation")
            found[record] = _listed(keys, words)
    return {record: said for record, said in found.items() if said}


def _told(story: Story, words: Wording) -> Iterator[tuple[str, str]]:
    t = speak(words.language)
    into = defaultdict[str, list[str]](list)
    for each in story.walk.links:
        into[each.outer].append(each.inner)
        if each.inner == story.asked and each.way is Way.PACKING:
            yield each.since, t("装入 ", "Packed in ") + words.line(each.outer)
            if each.until != LAST:
                yield each.until, t("从中取出：", "Taken out of ") + words.line(each.outer)
    for each in story.walk.links:
        if each.outer == story.asked:
            yield from _made(each, into, words, t)


def _made(
    each: Link, into: Mapping[str, list[str]], words: Wording, t: Say
) -> Iterator[tuple[str, str]]:
    if each.way is Way.COMPOSITION:
        step = words.process(each.inner)[0]
        parts = _listed(into[each.inner], words)
        yield each.since, t(f"{step}，用料：{parts}", f"{step} from {parts}") if parts else step
    elif each.way is Way.ASSOCIATION:
        yield each.since, t("装上 ", "Built in: ") + words.line(each.inner)
        if each.until != LAST:
            yield each.until, t("拆下 ", "Taken out: ") + words.line(each.inner)
    elif each.way is Way.LOT:
        yield each.since, t("属于批次 ", "Of the lot ") + words.line(each.inner)


def _listed(keys: Iterable[str], words: Wording) -> str:
    some = list(keys)
    t = speak(words.language)
    said = t("、", ", ").join(words.line(one) for one in some[:_FEW])
    return said + (
        t(f" 等 {len(some)} 项", f" and {len(some) - _FEW} more") if len(some) > _FEW else ""
    )
