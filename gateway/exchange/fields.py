"""Members of an event that the standard does not name: extensions, master data of lots, and what lies inside them.

A name is met in any spelling: with the prefix that the event's own context gives, with one that the query brought
along, or as the whole IRI. Values are compared as what both sides can be read as: numbers, times, else text.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import eq, ge, gt, le, lt
from typing import Final, TypeAlias

from indexer.core import shape
from indexer.core.canonical import Json, Members
from indexer.core.errors import InputError

Compare: TypeAlias = Callable[[float, float], bool] | Callable[[datetime, datetime], bool]

ORDER: Final[Mapping[str, Callable[..., bool]]] = {"EQ": eq, "GT": gt, "GE": ge, "LT": lt, "LE": le}
ROOTS: Final = ("ILMD", "ERROR_DECLARATION", "SENSORELEMENT", "SENSORMETADATA", "SENSORREPORT")


@dataclass(frozen=True)
class Field:
    """A member that a query names: below which root, at any depth there (`inner`) or as its member."""

    name: str
    root: str = ""
    inner: bool = False
    prefixes: Mapping[str, str] = field(default_factory=dict)

    def values(self, event: Members) -> Iterator[Json]:
        """Give what the event states under this name, lists as their items."""
        wanted, known = _expanded(self.name, self.prefixes), _prefixes(event.get("@context"))
        for root in _roots(event, self.root):
            found = _deep(root) if self.inner else root.items()
            for name, value in found:
                if name == "@context":
                    continue
                if self._same(name) or _expanded(name, known) == wanted:
                    yield from _items(value)

    def _same(self, name: str) -> bool:
        # A prefix that the query explains itself means what the query says, whatever the event calls so.
        return name == self.name and self.name.partition(":")[0] not in self.prefixes


def reports(event: Members) -> Iterator[Members]:
    """List an event's sensor reports."""
    for element in objects(event.get("sensorElementList")):
        yield from objects(element.get("sensorReport"))


def metadata(event: Members) -> Iterator[Members]:
    """List the metadata of an event's sensor elements."""
    for element in objects(event.get("sensorElementList")):
        yield from objects(element.get("sensorMetadata"))


def objects(value: Json) -> Iterator[Members]:
    """List the objects of a list, or the one that stands alone."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield one


def number(value: Json) -> float | None:
    """Read a number, also where it is written as a text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def moment(value: Json) -> datetime | None:
    """Read a time with its zone; a plus sign that became a blank on the way counts as one."""
    if not isinstance(value, str) or "T" not in value:
        return None
    try:
        return shape.read_moment(value.replace(" ", "+"), "")
    except InputError:
        return None


def equal(value: Json, wanted: str) -> bool:
    """Tell whether a value is what was asked for."""
    if isinstance(value, bool):
        return wanted == ("true" if value else "false")
    if isinstance(value, str) and value == wanted:
        return True
    return compared(value, wanted, "EQ")


def compared(value: Json, wanted: str, order: str) -> bool:
    """Compare two numbers or two times; what cannot be compared is not in order."""
    for read in (number, moment):
        left, right = read(value), read(wanted)
        if left is not None and right is not None:
            return ORDER[order](left, right)
    return False


def _roots(event: Members, root: str) -> Iterable[Members]:
    if root == "SENSORREPORT":
        return reports(event)
    if root == "SENSORMETADATA":
        return metadata(event)
    member = {
        "ILMD": "ilmd",
        "ERROR_DECLARATION": "errorDeclaration",
        "SENSORELEMENT": "sensorElementList",
    }
    return objects(event.get(member[root])) if root else [event]


def _deep(root: Members) -> Iterator[tuple[str, Json]]:
    """List the members inside the members of an object, at every depth."""
    rest: list[Json] = list(root.values())
    while rest:
        value = rest.pop()
        if isinstance(value, dict):
            yield from value.items()
            rest.extend(value.values())
        elif isinstance(value, list):
            rest.extend(value)


def _items(value: Json) -> Iterator[Json]:
    for one in value if isinstance(value, list) else [value]:
        yield one["@value"] if isinstance(one, dict) and "@value" in one else one


def _prefixes(context: Json) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in objects(context):
        found.update({name: iri for name, iri in one.items() if isinstance(iri, str)})
    return found


def _expanded(name: str, prefixes: Mapping[str, str]) -> tuple[str, str]:
    """Split a name into its name space and its own part, without the mark that stands between them."""
    prefix, colon, local = name.partition(":")
    whole = prefixes[prefix] + local if colon and prefix in prefixes else name
    at = max(whole.rfind("#"), whole.rfind("/"))
    return (whole[:at].rstrip("#/"), whole[at + 1 :]) if at > 0 else ("", whole)
