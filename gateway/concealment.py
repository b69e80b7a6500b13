"""What the operator requires to be concealed, published as paths, becomes the pointers of one event.

The list is RFC 9535 JSONPath for each schema, so that anybody can run it over an event before sending. It only adds: a
participant may conceal more and never less. Where two places lie in each other the outer one counts, which hides more.
"""

from collections.abc import Iterable, Iterator, Sequence
from types import MappingProxyType
from typing import Final

import jsonpath_rfc9535 as jsonpath

from indexer.core import event, filing, header, material, pointer, product, retraction, site
from indexer.core.canonical import Json, Members
from indexer.core.disclosure import DanglingPointerError

_NAMED: Final = (
    "operator",
    "operatorName",
    "customer",
    "customerName",
    "customerPhone",
    "customerAddress",
    "address",
    "price",
    "unitPrice",
    "amount",
    # What the topics ask for and competitors would like to know (indexer/core/topics.py).
    "supplier",
    "seller",
    "buyer",
    "carrier",
    "plateNumber",
    "driver",
    "origin",
    "destination",
    "signatory",
)

# Extensions are told by the name they are written with: `suyuan:` is our vocabulary's prefix, and the name without any
# stands for a default vocabulary. Whoever writes another prefix conceals by pointer.
PUBLISHED: Final = MappingProxyType(
    {
        event.SCHEMA: (
            # What is packed, and not what is built in: whoever has the heater has its valve.
            "$.childEPCs[?$.type=='AggregationEvent']",
            "$.childQuantityList[?$.type=='AggregationEvent']",
            "$.sourceList[*]",
            "$.destinationList[*]",
            "$.bizTransactionList[*]",
            "$.quantityList[*].quantity",
            "$.inputQuantityList[*].quantity",
            "$.outputQuantityList[*].quantity",
            "$..[" + ",".join(f"'suyuan:{name}','{name}'" for name in _NAMED) + "]",
        ),
        # Master data is what consumers are to read, but for persons, addresses and who supplies whom.
        product.SCHEMA: (),
        site.SCHEMA: ("$.address",),
        material.SCHEMA: ("$.supplier",),
        filing.SCHEMA: (
            "$.legalRepresentative",
            "$.address",
            "$.contactName",
            "$.contactPhone",
        ),
        # Attributes are told by their ids: words of GS1's, in whatever spelling, and those of others alike.
        header.SCHEMA: (
            "$.attributes[?search(@.id, "
            "'([Aa]ddress|postOfficeBox|[Ll]atitude|[Ll]ongitude|[Pp]hone|[Mm]ail|[Cc]ontact|owning_party)')]"
            ".attribute",
        ),
        retraction.WITHDRAWAL: (),
        retraction.ERASURE: (),
    }
)

# The last path of all is walked by hand: asking every node for twenty names, one by one, costs ten times as much.
_MEMBERS: Final = frozenset(name for plain in _NAMED for name in (f"suyuan:{plain}", plain))
_QUERIES = {
    schema: tuple(jsonpath.compile(path) for path in paths if not path.startswith("$.."))
    for schema, paths in PUBLISHED.items()
}


def published() -> dict[str, list[str]]:
    """Spell the list for those who ask for it: the JSONPaths of each schema."""
    return {schema: list(paths) for schema, paths in PUBLISHED.items()}


def pointers(stated: Members, schema: str, wished: Sequence[str] = ()) -> list[str]:
    """Name every field to conceal: those the participant wishes and those required of it.

    A wish inside a required field is heeded with it. All others come back as they were sent, for `disclosure.conceal`
    to judge; a wish that it refuses stands in this list.
    """
    required = outermost(_required(stated, schema))
    kept = []
    for number, wish in enumerate(wished):
        if not inside(wish, required):
            kept.append(wish)
        elif not exists(stated, wish):
            raise DanglingPointerError(place=f"/conceal/{number}", pointer=wish)
    return [*kept, *(one for one in required if one not in kept and not inside(one, kept))]


def lacking(stated: Members, schema: str, concealed: Sequence[str]) -> list[str]:
    """Name the required fields that neither stand in `concealed` nor lie inside of what does."""
    return [
        one
        for one in outermost(_required(stated, schema))
        if one not in concealed and not inside(one, concealed)
    ]


def outermost(found: Iterable[str]) -> list[str]:
    """Leave out what lies inside another of the places, and what is there twice."""
    kept: list[str] = []
    for one in sorted(dict.fromkeys(found), key=lambda place: place.count("/")):
        if not inside(one, kept):
            kept.append(one)
    return kept


def inside(place: str, others: Iterable[str]) -> bool:
    """Tell whether a place lies within one of the others, without being it."""
    return any(place.startswith(other + "/") for other in others)


def _required(stated: Members, schema: str) -> Iterator[str]:
    for query in _QUERIES[schema]:
        for node in query.find(stated):
            yield "".join(map(pointer.escape, node.location))
    if len(_QUERIES[schema]) < len(PUBLISHED[schema]):
        yield from _named(stated, "")


def _named(value: Json, place: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            here = place + pointer.escape(name)
            if name in _MEMBERS:
                yield here
            elif isinstance(item, dict | list):
                yield from _named(item, here)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            if isinstance(item, dict | list):
                yield from _named(item, f"{place}/{at}")


def exists(value: Json, place: str) -> bool:
    """Tell whether a pointer points at something."""
    for step in pointer.tokens(place):
        at = pointer.index(step)
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and at is not None and at < len(value):
            value = value[at]
        else:
            return False
    return True
