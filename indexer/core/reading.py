"""JSON from a stranger read member by member, so that whatever is amiss is named by its place.

The formats of evidence (bundle, trust, sighting) are read with it: a value is as its format says or
MisshapenError is raised, and nothing else is. Members that no format names are ignored.
"""

import re
from dataclasses import dataclass
from uuid import UUID

from indexer.core import pointer
from indexer.core.canonical import Json, Members
from indexer.core.errors import InputError
from indexer.core.merkle import MAX_SIZE

_HEX = re.compile(r"(?:[0-9a-f]{2})*")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class MisshapenError(InputError):
    """A value is not what its format has at that place."""

    code = "EVIDENCE_MISSHAPEN"
    sentence = "the value at {place!r} is not {wanted}"


@dataclass(frozen=True)
class At:
    """A value and the place it was found at."""

    value: Json
    place: str = ""

    def __getitem__(self, name: str) -> "At":
        """Step into a member, which must be there."""
        place = self.place + pointer.escape(name)
        members = self.members()
        if name not in members:
            raise MisshapenError(place=place, wanted="there")
        return At(members[name], place)

    def is_null(self) -> bool:
        """Say whether the value is null, which some formats allow at some places."""
        return self.value is None

    def members(self) -> Members:
        """Return an object."""
        if not isinstance(self.value, dict):
            raise MisshapenError(place=self.place, wanted="an object")
        return self.value

    def named(self) -> list[tuple[str, "At"]]:
        """Return an object's members, each with its place."""
        return [(name, self[name]) for name in self.members()]

    def items(self, most: int | None = None) -> list["At"]:
        """Return an array's items, at `most` so many."""
        if not isinstance(self.value, list) or (most is not None and len(self.value) > most):
            raise MisshapenError(
                place=self.place,
                wanted="an array" if most is None else f"an array of at most {most}",
            )
        return [At(item, self.place + pointer.escape(at)) for at, item in enumerate(self.value)]

    def text(self, *, empty: bool = False) -> str:
        """Return a text, which may be `empty` where that is said."""
        if not isinstance(self.value, str) or not (self.value or empty):
            raise MisshapenError(place=self.place, wanted="a text")
        return self.value

    def word(self, *words: str) -> str:
        """Return a text that is one of `words`."""
        if not isinstance(self.value, str) or self.value not in words:
            raise MisshapenError(place=self.place, wanted=" or ".join(words))
        return self.value

    def number(self, least: int = 0, most: int = MAX_SIZE) -> int:
        """Return an integer from `least` to `most`."""
        if type(self.value) is not int or not least <= self.value <= most:
            raise MisshapenError(place=self.place, wanted=f"an integer from {least} to {most}")
        return self.value

    def flag(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            raise MisshapenError(place=self.place, wanted="true or false")
        return self.value

    def hex(self, size: int) -> bytes:
        """Return `size` bytes from lower-case hex."""
        text = self.value
        if not isinstance(text, str) or len(text) != 2 * size or not _HEX.fullmatch(text):
            raise MisshapenError(place=self.place, wanted=f"{size} bytes in hex")
        return bytes.fromhex(text)

    def hashes(self) -> list[bytes]:
        """Return a path: at most 64 hashes, for no log is so long that it needed more."""
        return [item.hex(32) for item in self.items(64)]

    def uuid(self) -> UUID:
        """Return a UUID from its lower-case hyphenated form."""
        if not isinstance(self.value, str) or not _UUID.fullmatch(self.value):
            raise MisshapenError(place=self.place, wanted="a UUID")
        return UUID(self.value)
