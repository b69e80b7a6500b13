"""What only some may see: fields replaced by salted digests before an event is signed, and put back for those who may.

The rules are RFC 9901's (SD-JWT) for payloads, with salts derived from the record key, so that whoever holds the key
can make every disclosure again and whoever deletes it forgets them all. Hiding happens before signing and never after:
the body with its digests is what the participant's signature covers.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from hmac import digest as hmac
from typing import NoReturn, TypeAlias

from indexer.core import base64url, canonical, pointer
from indexer.core.canonical import DEPTH, Json, Members
from indexer.core.errors import EvidenceError, InputError
from indexer.core.record import check_key

LIMIT = 1000

_MEMBERS = "_sd"
_ELEMENT = "..."
_ALGORITHM = "_sd_alg"
_RESERVED = frozenset({_MEMBERS, _ELEMENT, _ALGORITHM})
_OPEN = frozenset({"@context", "type"})

# The pointers of one event as a tree of their steps; a leaf is the pointer's number.
_Way: TypeAlias = "dict[str, _Way | int]"


class ReservedNameError(InputError):
    """An event brings a member that only concealment may write."""

    code = "CONCEAL_RESERVED_NAME"
    sentence = "the member at {place} has a name that is reserved for concealment"


class TooManyConcealedError(InputError):
    """More fields concealed than one event may have."""

    code = "CONCEAL_TOO_MANY"
    sentence = "{count} fields are to be concealed, at most 1,000 may be"


class UnconcealableError(InputError):
    """A pointer to the event itself, its context or its type, which every reader needs."""

    code = "CONCEAL_REFUSED"
    sentence = "what {pointer!r} points at may not be concealed"


class DanglingPointerError(InputError):
    """A pointer to nothing."""

    code = "CONCEAL_DANGLING"
    sentence = "{pointer!r} points at nothing in the event"


class OverlappingPointerError(InputError):
    """A pointer that is there twice, or leads through what another conceals."""

    code = "CONCEAL_OVERLAP"
    sentence = "{pointer!r} and another pointer conceal the same field"


class DisclosureError(EvidenceError):
    """Disclosures that do not open the body they come with."""

    code = "DISCLOSURE"
    sentence = "the disclosures do not open the record: {reason}"


def conceal(event: Members, pointers: Sequence[str], key: bytes) -> tuple[Members, list[str]]:
    """Replace what the pointers name by digests; the disclosures come back in the pointers' order.

    Places of errors are those of a submission's item: `/conceal/3`, `/event/…`, `/recordKey`.
    """
    check_key(key)
    check_names(event)
    if len(pointers) > LIMIT:
        raise TooManyConcealedError(place="/conceal", count=len(pointers))
    if not pointers:
        return event, []
    concealment = _Concealment(pointers, key)
    body = concealment.members(event, _way(pointers))
    return body, [concealment.disclosures[at] for at in range(len(pointers))]


def check_names(event: Members) -> None:
    """Refuse an event that carries, at any depth, a member of a reserved name."""
    for place, name in _names(event, "/event"):
        if name in _RESERVED:
            raise ReservedNameError(place=place + pointer.escape(name))


def salt(key: bytes, place: str) -> str:
    """Derive the salt of the field at a pointer."""
    return base64url.encode(hmac(key, b"suyuan/salt/v1\0" + place.encode(), "sha256")[:16])


def digest(disclosure: str) -> str:
    """Hash a disclosure as the body names it."""
    return base64url.encode(sha256(disclosure.encode("ascii")).digest())


def reveal(body: Members, disclosures: Sequence[str], *, partial: bool = False) -> Members:
    """Put disclosed fields back, strictly: every digest once, every disclosure used, no name twice.

    With `partial`, what no disclosure opens is left out, as RFC 9901 has it; without, it is refused.
    """
    if len(disclosures) > LIMIT:
        raise DisclosureError(reason="there are more than 1,000")
    revelation = _Revelation(_by_digest(disclosures), partial)
    algorithm = body.get(_ALGORITHM, "sha-256")
    if algorithm != "sha-256":
        raise DisclosureError(reason="they use another hash than SHA-256")
    event = revelation.members({name: body[name] for name in body if name != _ALGORITHM}, 1)
    if revelation.unused():
        raise DisclosureError(reason="one of them belongs to no digest")
    return event


def _names(value: Json, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield place, name
            if isinstance(item, (dict, list)):
                yield from _names(item, place + pointer.escape(name))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            if isinstance(item, (dict, list)):
                yield from _names(item, f"{place}/{at}")


def _way(pointers: Sequence[str]) -> _Way:
    way: _Way = {}
    for number, text in enumerate(pointers):
        place = f"/conceal/{number}"
        steps = pointer.tokens(text, place=place)
        if not steps or steps[0] in _OPEN:
            raise UnconcealableError(place=place, pointer=text)
        here = way
        for step in steps[:-1]:
            deeper = here.setdefault(step, {})
            if isinstance(deeper, int):
                raise OverlappingPointerError(place=place, pointer=text)
            here = deeper
        if steps[-1] in here:
            raise OverlappingPointerError(place=place, pointer=text)
        here[steps[-1]] = number
    return way


def _first(way: "_Way | int") -> int:
    while isinstance(way, dict):
        way = next(iter(way.values()))
    return way


class _Concealment:
    """One event's concealment: the disclosures made so far, by the pointer's number."""

    def __init__(self, pointers: Sequence[str], key: bytes) -> None:
        self._pointers = pointers
        self._key = key
        self.disclosures: dict[int, str] = {}

    def members(self, value: Members, way: _Way) -> Members:
        made = dict(value)
        digests: list[Json] = []
        for name, deeper in way.items():
            if name not in value:
                self._dangle(deeper)
            if isinstance(deeper, int):
                digests.append(self._hide(deeper, [name, made.pop(name)]))
            else:
                made[name] = self._inside(value[name], deeper)
        if digests:
            made[_MEMBERS] = sorted(digests, key=str)
        return made

    def _elements(self, value: list[Json], way: _Way) -> list[Json]:
        made = list(value)
        for step, deeper in way.items():
            at = pointer.index(step)
            if at is None or at >= len(value):
                self._dangle(deeper)
            elif isinstance(deeper, int):
                made[at] = {_ELEMENT: self._hide(deeper, [value[at]])}
            else:
                made[at] = self._inside(value[at], deeper)
        return made

    def _inside(self, value: Json, way: _Way) -> Json:
        if isinstance(value, dict):
            return self.members(value, way)
        if isinstance(value, list):
            return self._elements(value, way)
        return self._dangle(way)

    def _hide(self, number: int, hidden: list[Json]) -> str:
        made = base64url.encode(
            canonical.encode([salt(self._key, self._pointers[number]), *hidden])
        )
        self.disclosures[number] = made
        return digest(made)

    def _dangle(self, way: "_Way | int") -> NoReturn:
        number = _first(way)
        raise DanglingPointerError(place=f"/conceal/{number}", pointer=self._pointers[number])


def _by_digest(disclosures: Sequence[str]) -> dict[str, list[Json]]:
    """Read disclosures, each as the fields after its salt: a name and a value, or a value alone."""
    found: dict[str, list[Json]] = {}
    for text in disclosures:
        try:
            value = canonical.decode(base64url.decode(text))
        except InputError as error:
            raise DisclosureError(reason="one of them is malformed") from error
        if not isinstance(value, list) or len(value) not in (2, 3) or not isinstance(value[0], str):
            raise DisclosureError(reason="one of them is malformed")
        named = digest(text)
        if named in found:
            raise DisclosureError(reason="one of them is there twice")
        found[named] = value[1:]
    return found


class _Revelation:
    """One body's opening: the disclosures at hand and the digests met so far."""

    def __init__(self, disclosures: dict[str, list[Json]], partial: bool) -> None:
        self._disclosures = disclosures
        self._partial = partial
        self._met: set[str] = set()

    def unused(self) -> bool:
        return not self._disclosures.keys() <= self._met

    def members(self, value: Members, depth: int) -> Members:
        # A disclosed value may hold digests again; without a limit a chain of them would outgrow the stack.
        if depth > DEPTH:
            raise DisclosureError(reason="what they reveal is nested too deep")
        if _ELEMENT in value or _ALGORITHM in value:
            raise DisclosureError(reason="a reserved name stands where it may not")
        made = {name: self._value(value[name], depth + 1) for name in value if name != _MEMBERS}
        digests = value.get(_MEMBERS, [])
        if not isinstance(digests, list):
            raise DisclosureError(reason="a list of digests is none")
        for one in digests:
            self._member(made, self._open(one, 2), depth)
        return made

    def _member(self, made: Members, fields: list[Json] | None, depth: int) -> None:
        if fields is None:
            return
        name, item = fields
        if not isinstance(name, str) or name in _RESERVED or name in made:
            raise DisclosureError(reason="a disclosed name is reserved or there twice")
        made[name] = self._value(item, depth + 1)

    def _elements(self, value: list[Json], depth: int) -> list[Json]:
        if depth > DEPTH:
            raise DisclosureError(reason="what they reveal is nested too deep")
        made: list[Json] = []
        for item in value:
            if not isinstance(item, dict) or _ELEMENT not in item:
                made.append(self._value(item, depth + 1))
                continue
            if len(item) > 1:
                raise DisclosureError(reason="a concealed element has members beside its digest")
            fields = self._open(item[_ELEMENT], 1)
            if fields is not None:
                made.append(self._value(fields[0], depth + 1))
        return made

    def _value(self, value: Json, depth: int) -> Json:
        if isinstance(value, dict):
            return self.members(value, depth)
        if isinstance(value, list):
            return self._elements(value, depth)
        return value

    def _open(self, named: Json, size: int) -> list[Json] | None:
        if not isinstance(named, str):
            raise DisclosureError(reason="a digest is none")
        if named in self._met:
            raise DisclosureError(reason="a digest is there twice")
        self._met.add(named)
        fields = self._disclosures.get(named)
        if fields is None and not self._partial:
            raise DisclosureError(reason="a digest is not opened")
        if fields is not None and len(fields) != size:
            raise DisclosureError(reason="a member is disclosed as an element, or the reverse")
        return fields
