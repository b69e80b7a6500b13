"""Codes of an answer in the spelling that its reader asked for; the event that was signed is another matter.

A Digital Link can be made of every GS1 key. An EPC URN cannot: it says where the company prefix ends, which the digits
do not, so what was not sent as a URN is refused in that form and never guessed.
"""

from collections.abc import Callable, Iterable
from typing import Final

from gateway.exchange.headers import AS_SENT, LINKS, NotAcceptableError
from gateway.summary import spelt
from indexer.core.canonical import Json, Members
from indexer.core.code import CANONICAL_HOST

_LISTS: Final = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_QUANTITIES: Final = (
    "quantityList",
    "childQuantityList",
    "inputQuantityList",
    "outputQuantityList",
)
_INSIDE: Final = (
    *((name, "epcClass") for name in _QUANTITIES),
    ("readPoint", "id"),
    ("bizLocation", "id"),
    ("sourceList", "source"),
    ("destinationList", "destination"),
)


def spell(events: Iterable[Members], epcs: str) -> list[Members]:
    """Give events in a form of GS1-EPC-Format."""
    if epcs == AS_SENT:
        return list(events)
    return [_spelt(one, lambda text: code(text, epcs)) for one in events]


def code(text: str, epcs: str) -> str:
    """Give one code in a form of GS1-EPC-Format."""
    if epcs == AS_SENT:
        return text
    return _link(text) if epcs == LINKS else _urn(text)


def _spelt(event: Members, translate: Callable[[str], str]) -> Members:
    made = dict(event)
    if isinstance(made.get("parentID"), str):
        made["parentID"] = translate(str(made["parentID"]))
    for name in _LISTS:
        value = made.get(name)
        if isinstance(value, list):
            made[name] = [translate(one) if isinstance(one, str) else one for one in value]
    for name, inner in _INSIDE:
        if name in made:
            made[name] = _inside(made[name], inner, translate)
    return made


def _inside(value: Json, name: str, translate: Callable[[str], str]) -> Json:
    if isinstance(value, list):
        return [_inside(one, name, translate) for one in value]
    if isinstance(value, dict) and isinstance(value.get(name), str):
        return {**value, name: translate(str(value[name]))}
    return value


def _link(text: str) -> str:
    link = spelt(text)
    return link if link.startswith(CANONICAL_HOST + "/") else text


def _urn(text: str) -> str:
    if spelt(text).startswith(CANONICAL_HOST + "/") and not text.lower().startswith("urn:epc:"):
        raise NotAcceptableError(
            place="/header/GS1-EPC-Format",
            asked=f"the EPC URN of {text[:200]}, whose company prefix is not known",
            offered="Never_Translates or Always_GS1_Digital_Link",
        )
    return text
