"""Whether one event answers one condition of a query: the standard's members, each compared in its own way.

Words of the vocabulary meet in any spelling, so do codes and places. An event that does not state what is asked for
does not answer. Everything is read defensively: an event may have been altered, and part of it erased.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

from gateway.exchange import fields, patterns
from gateway.exchange.fields import Field
from gateway.exchange.patterns import Pattern
from gateway.summary import place, spelt, word
from indexer.core.canonical import Json, Members

Test: TypeAlias = Callable[[Members], bool]

_EPCS: Final = ("epcList", "childEPCs")
_CLASSES: Final = ("quantityList", "childQuantityList")
# Which members each MATCH_ parameter looks at (EPCIS 2.0, 8.2.7.1.1), and whether they hold classes.
MATCHED: Final[dict[str, tuple[tuple[str, ...], bool]]] = {
    "MATCH_epc": (_EPCS, False),
    "MATCH_parentID": (("parentID",), False),
    "MATCH_inputEPC": (("inputEPCList",), False),
    "MATCH_outputEPC": (("outputEPCList",), False),
    "MATCH_anyEPC": ((*_EPCS, "parentID", "inputEPCList", "outputEPCList"), False),
    "MATCH_epcClass": (_CLASSES, True),
    "MATCH_inputEPCClass": (("inputQuantityList",), True),
    "MATCH_outputEPCClass": (("outputQuantityList",), True),
    "MATCH_anyEPCClass": ((*_CLASSES, "inputQuantityList", "outputQuantityList"), True),
}
_EVERYWHERE: Final = tuple(
    dict.fromkeys(member for members, _ in MATCHED.values() for member in members)
)
_QUANTITIES: Final = MATCHED["MATCH_anyEPCClass"][0]
_PAIRS: Final = {
    "bizTransaction": "bizTransactionList",
    "source": "sourceList",
    "destination": "destinationList",
}


def words(member: str, wanted: Sequence[str]) -> Test:
    """Ask for one of some words in a member."""
    known = {word(one) for one in wanted}
    return lambda event: word(event.get(member)) in known


def persistent(member: str, wanted: Sequence[str]) -> Test:
    """Ask for one of some dispositions that an event sets, or unsets."""
    known = {word(one) for one in wanted}

    def test(event: Members) -> bool:
        held = event.get("persistentDisposition")
        listed = held.get(member) if isinstance(held, dict) else None
        return isinstance(listed, list) and any(word(one) in known for one in listed)

    return test


def plain(member: str, wanted: Sequence[str]) -> Test:
    """Ask for one of some texts in a member."""
    return lambda event: event.get(member) in wanted


def places(member: str, wanted: Sequence[str], *, within: bool) -> Test:
    """Ask for one of some places, or for what lies `within` one: a part of a place has its GLN and an extension."""
    known = {spelt(one) for one in wanted}

    def test(event: Members) -> bool:
        found = place(event.get(member))
        if found is None:
            return False
        return found in known or (within and found.partition("/254/")[0] in known)

    return test


def pairs(member: str, kind: str, wanted: Sequence[str]) -> Test:
    """Ask for one of some business transactions, sources or destinations of a kind."""
    known, asked = {spelt(one) for one in wanted}, word(kind)

    def test(event: Members) -> bool:
        return any(
            word(one.get("type")) == asked and _spelt(one.get(member)) in known
            for one in fields.objects(event.get(_PAIRS[member]))
        )

    return test


def codes(members: Sequence[str], wanted: Sequence[Pattern]) -> Test:
    """Ask for a code among those that some members hold."""
    return lambda event: any(
        pattern.matches(text) for text in held(event, members) for pattern in wanted
    )


def anything(text: str) -> Test:
    """Ask for a code anywhere an event names things."""
    wanted = [
        one
        for classes in (False, True)
        if (one := patterns.read(text, classes=classes)) is not None
    ]
    return codes(_EVERYWHERE, wanted)


def held(event: Members, members: Sequence[str] = _EVERYWHERE) -> Iterator[str]:
    """List the codes that some members of an event hold, as they are spelt there."""
    for member in members:
        value = event.get(member)
        for one in value if isinstance(value, list) else [value]:
            text = one.get("epcClass") if isinstance(one, dict) else one
            if isinstance(text, str):
                yield text


def quantity(order: str, wanted: str) -> Test:
    """Ask for a quantity."""
    return lambda event: any(
        fields.compared(one.get("quantity"), wanted, order)
        for member in _QUANTITIES
        for one in fields.objects(event.get(member))
    )


def measured(member: str, unit: str | None, order: str, wanted: str) -> Test:
    """Ask for a sensor's value in a unit; a value in another unit is not converted and does not answer."""
    return lambda event: any(
        fields.compared(one.get(member), wanted, order)
        for one in fields.reports(event)
        if unit is None or one.get("uom") == unit
    )


def sensed(member: str, wanted: Sequence[str]) -> Test:
    """Ask for one of some texts in a sensor's reports or its metadata."""
    known = {name for one in wanted for name in (word(one), spelt(one))}

    def test(event: Members) -> bool:
        for one in (*fields.reports(event), *fields.metadata(event)):
            value = one.get(member)
            said = ("true" if value else "false") if isinstance(value, bool) else value
            if isinstance(said, str) and (word(said) in known or spelt(said) in known):
                return True
        return False

    return test


def timed(member: str, order: str, wanted: str) -> Test:
    """Ask for a time in a sensor's reports or its metadata."""
    return lambda event: any(
        fields.compared(one.get(member), wanted, order)
        for one in (*fields.reports(event), *fields.metadata(event))
    )


def declared(event: Members) -> bool:
    """Tell whether an event is an error declaration."""
    return isinstance(event.get("errorDeclaration"), dict)


def declaration(member: str, wanted: Sequence[str]) -> Test:
    """Ask for one of some reasons or corrective events of an error declaration."""
    known = {word(one) for one in wanted}

    def test(event: Members) -> bool:
        told = event.get("errorDeclaration")
        value = told.get(member) if isinstance(told, dict) else None
        return any(
            word(one) in known for one in (value if isinstance(value, list) else [value]) if one
        )

    return test


def instant(member: str, order: str, wanted: str) -> Test:
    """Ask for a time of the event itself; `declarationTime` is its error declaration's."""

    def test(event: Members) -> bool:
        told = event.get("errorDeclaration") if member == "declarationTime" else event
        return isinstance(told, dict) and fields.compared(told.get(member), wanted, order)

    return test


def stated(one: Field, order: str, wanted: Sequence[str]) -> Test:
    """Ask for a value of a member that the standard does not name."""
    if order == "EQ":
        return lambda event: any(
            fields.equal(value, want) for value in one.values(event) for want in wanted
        )
    return lambda event: any(
        fields.compared(value, want, order) for value in one.values(event) for want in wanted
    )


def exists(one: Field) -> Test:
    """Ask for a member that the standard does not name."""
    return lambda event: any(True for _ in one.values(event))


def _spelt(value: Json) -> str | None:
    return spelt(value) if isinstance(value, str) else None
