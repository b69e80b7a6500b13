"""Where things are packed, over time: packed while inside something else, or unpacked from where they are not.

A thing is in one parent at a time. The story is told in the order in which it happened, not in that of its arrival;
observing a thing inside its parent shows that it is there.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

from gateway.oversight.rules import Fault, History, Known, Past, Rule, single
from indexer.core import code

_KIND = "AggregationEvent"


def parents(past: Past) -> set[str]:
    """Name the parents that things were packed in or unpacked from: their histories belong to the story."""
    events = (one for history in past.values() for one in history.events)
    return {text for one in events if one.type == _KIND and (text := _parent(one))}


def contradictions(one: Known, past: Past) -> Iterator[Fault]:
    """Hold an aggregation to what else is recorded of its children; `past` knows their parents too."""
    if one.type != _KIND:
        return
    if _whole(one):
        yield from _emptied(one, past)
        return
    for naming in one.names:
        if naming.role == "child" and single(naming):
            text = code.canonical(naming.code)
            story = _story(one, text, past)
            if story is not None:
                yield from (
                    Fault(rule, naming.pointer, others)
                    for rule, accused, others in _told(story)
                    if accused is one
                )


def _story(one: Known, text: str, past: Past) -> Sequence[Known] | None:
    """Gather what happened to a child, in the order in which it happened; None where not all of it can be read."""
    own = past.get(text, History())
    events = {it.record: it for it in own.events if it.type == _KIND and "child" in it.roles(text)}
    events[one.record] = one
    for parent in {_parent(it) for it in events.values()}:
        around = past.get(parent or "", History())
        if not around.whole:
            return None
        events |= {it.record: it for it in around.events if it.type == _KIND and _whole(it)}
    return sorted(events.values(), key=lambda it: (it.at, it.index)) if own.whole else None


def _told(story: Sequence[Known]) -> Iterator[tuple[Rule, Known, tuple[UUID, ...]]]:
    """Go through a child's story and tell what contradicts, by whom, and with which record."""
    inside: Known | None = None
    for now in story:
        action, here = now.event.get("action"), inside and _parent(inside) == _parent(now)
        if action == "ADD":
            if inside:
                first, later = sorted((inside, now), key=lambda it: it.index)
                yield Rule.PACKED_TWICE, later, (first.record,)
            inside = now
        elif action == "OBSERVE":
            inside = inside or now
        elif here:
            inside = None
        elif not _whole(now):
            yield Rule.NOT_PACKED, now, (inside.record,) if inside else ()


def _emptied(one: Known, past: Past) -> Iterator[Fault]:
    """Hold the unpacking of everything in a parent to whether there was anything."""
    history = past.get(_parent(one) or "", History())
    filled = any(
        it.type == _KIND and it.event.get("action") != "DELETE" and it.at <= one.at
        for it in history.events
    )
    if history.whole and not filled:
        yield Fault(Rule.NOT_PACKED, "/parentID")


def _whole(one: Known) -> bool:
    """Tell whether everything in a parent is unpacked at once: no child is named."""
    listed = one.event.get("childEPCs") or one.event.get("childQuantityList")
    return one.event.get("action") == "DELETE" and not listed


def _parent(one: Known) -> str | None:
    return next((code.canonical(it.code) for it in one.names if it.role == "parent"), None)
