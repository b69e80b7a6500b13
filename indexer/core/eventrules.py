"""What the members of one event must say of each other, beyond what each may hold (epcis.py): the standard's rules.

Nothing is asked here that EPCIS 2.0 does not ask; what is merely odd is for the report on the quality of data. An event
that names no thing at all is one of sensors or of a place, and is found by its place.
"""

from collections.abc import Callable, Iterable
from typing import Final

from indexer.core.canonical import Json, Members
from indexer.core.errors import InputError
from indexer.core.pointer import escape

_EPC_LISTS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_CHILDREN = ("childEPCs", "childQuantityList")
_INPUTS = ("inputEPCList", "inputQuantityList")
_OUTPUTS = ("outputEPCList", "outputQuantityList")


class NothingNamedError(InputError):
    """An event about nothing (EPCIS 2.0, 7.4.2 and 7.4.4)."""

    code = "EVENT_NAMES_NOTHING"
    sentence = "the event names no thing in epcList and none in quantityList{unless}, so it is about nothing"


class ParentMissingError(InputError):
    """Something packed or unpacked that does not say in what (EPCIS 2.0, 7.4.3)."""

    code = "EVENT_PARENT_MISSING"
    sentence = (
        "an AggregationEvent that adds or deletes needs a parentID; one that observes may lack it"
    )


class ChildrenMissingError(InputError):
    """A parent with which nothing is joined (EPCIS 2.0, 7.4.3 and 7.4.6)."""

    code = "EVENT_CHILDREN_MISSING"
    sentence = (
        "the event names no child in childEPCs and none in childQuantityList; "
        "only with action DELETE that means all of them"
    )


class TransformationOpenError(InputError):
    """A transformation of which one end is missing, and no transformationID says where to look (EPCIS 2.0, 7.4.5)."""

    code = "EVENT_TRANSFORMATION_OPEN"
    sentence = (
        "a TransformationEvent names inputs and outputs, or at least one of the two beside a transformationID: "
        "{place} lacks"
    )


class NamedTwiceError(InputError):
    """An event that lists one thing twice in the same spelling."""

    code = "EVENT_NAMES_TWICE"
    sentence = "the thing at {place} is listed already"


class MisplacedIlmdError(InputError):
    """Instance and lot master data outside the events that bring things into being (EPCIS 2.0, 7.3.8)."""

    code = "EVENT_ILMD_MISPLACED"
    sentence = "ilmd belongs to ObjectEvents with action ADD and to TransformationEvents alone"


def check_ilmd(event: Members) -> None:
    """Refuse master data of instances and lots where no type of event has a place for it."""
    born = event.get("type") == "ObjectEvent" and event.get("action") == "ADD"
    if "ilmd" in event and not born and event.get("type") != "TransformationEvent":
        raise MisplacedIlmdError(place="/ilmd")


def check(event: Members) -> None:
    """Refuse an event, whose members are well made each by itself, that breaks a rule of its type."""
    for member in _EPC_LISTS:
        _check_once(event.get(member), escape(member))
    _RULES[str(event["type"])](event)


def _check_once(listed: Json, place: str) -> None:
    """Refuse a thing that is there twice; two spellings of one thing are only odd."""
    seen: set[str] = set()
    for at, one in enumerate(listed if isinstance(listed, list) else []):
        if str(one) in seen:
            raise NamedTwiceError(place=place + escape(at))
        seen.add(str(one))


def _any(event: Members, members: Iterable[str]) -> bool:
    return any(event.get(member) for member in members)


def _check_object(event: Members) -> None:
    sensed = _any(event, ("sensorElementList",)) and _any(event, ("readPoint", "bizLocation"))
    if not _any(event, ("epcList", "quantityList")) and not sensed:
        unless = ", and reports no sensor's measurements at a place"
        raise NothingNamedError(place="/epcList", unless=unless)


def _check_aggregation(event: Members) -> None:
    if event["action"] != "OBSERVE" and "parentID" not in event:
        raise ParentMissingError(place="/parentID")
    _check_association(event)


def _check_association(event: Members) -> None:
    if event["action"] != "DELETE" and not _any(event, _CHILDREN):
        raise ChildrenMissingError(place="/childEPCs")


def _check_transaction(event: Members) -> None:
    # With action DELETE, nothing means everything that the transactions were about.
    named = _any(event, ("epcList", "quantityList", "parentID"))
    if event["action"] != "DELETE" and not named:
        raise NothingNamedError(place="/epcList", unless=" nor a parentID")


def _check_transformation(event: Members) -> None:
    ins, outs = _any(event, _INPUTS), _any(event, _OUTPUTS)
    if not (ins or outs) or not ((ins and outs) or "transformationID" in event):
        raise TransformationOpenError(place="/outputEPCList" if ins else "/inputEPCList")


_RULES: Final[dict[str, Callable[[Members], None]]] = {
    "ObjectEvent": _check_object,
    "AggregationEvent": _check_aggregation,
    "AssociationEvent": _check_association,
    "TransactionEvent": _check_transaction,
    "TransformationEvent": _check_transformation,
}
