"""The files an enterprise has become things to state, each with its place in its file.

Taken are an EPCIS document with the master data in its header or one that answers a query, bare events and master
data, lists of these, and `{"items": […]}` as the interface takes them. A file is good as a whole or not at all: whoever
corrects it can send it again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from gateway import concealment, statement
from gateway.enterprise.signing import Given
from indexer.core import canonical, event, header, masterdata, pointer
from indexer.core.canonical import Json
from indexer.core.epcis import DOCUMENTS
from indexer.core.errors import InputError
from indexer.core.record import Kind

SUFFIXES: Final = (".json", ".jsonld")
_DOCUMENTS: Final = list(DOCUMENTS)


class NothingToSendError(InputError):
    """A path with no file to send in it."""

    code = "NOTHING_TO_SEND"
    sentence = "there is no .json or .jsonld file at {path}"


class FileUnreadableError(InputError):
    """A file that cannot be read."""

    code = "FILE_UNREADABLE"
    sentence = "{path} cannot be read: {reason}"


class FileShapeError(InputError):
    """JSON that states nothing in any of the forms that are taken."""

    code = "FILE_SHAPE"
    sentence = (
        "what stands at {place!r} is neither an EPCIS document nor an event, master data, a list of these or an "
        "object with items"
    )


class NowhereConcealedError(InputError):
    """A field to conceal that no event of the file has: more likely misspelt than absent."""

    code = "CONCEAL_NOWHERE"
    sentence = "{pointer!r} is to be concealed and points at nothing in any event of the file"


def files(path: Path) -> list[Path]:
    """List the files to send: the one named, or those of a folder and its folders in the order of their names."""
    if not path.is_dir():
        return [path]
    found = sorted(one for one in path.rglob("*") if one.suffix in SUFFIXES and one.is_file())
    if not found:
        raise NothingToSendError(path=path)
    return found


def load(path: Path) -> bytes:
    """Read a file's bytes."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileUnreadableError(path=path, reason=error.strerror) from None


def read(data: bytes, conceal: Sequence[str] = ()) -> list[Given]:
    """Read what a file states; `conceal` are pointers into every event that has such a field."""
    value = canonical.decode(data)
    found = list(_given(value))
    if not found:
        raise FileShapeError
    for wish in conceal:
        if not any(concealment.exists(one.stated, wish) for one in found):
            raise NowhereConcealedError(pointer=wish)
    return [_concealing(one, conceal) for one in found]


def _concealing(one: Given, conceal: Sequence[str]) -> Given:
    more = [wish for wish in conceal if concealment.exists(one.stated, wish)]
    return replace(one, conceal=tuple(dict.fromkeys([*one.conceal, *more])))


def _given(value: Json) -> Iterator[Given]:
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield _thing(one, pointer.escape(number))
    elif isinstance(value, dict) and value.get("type") in _DOCUMENTS:
        for place, one in header.split(value):
            yield Given(place, one, Kind.MASTER_DATA)
        for place, one in event.placed(value):
            yield Given(place, one, Kind.EVENT)
    elif isinstance(value, dict) and "items" in value and "type" not in value:
        statement.check_members(value, frozenset({"items"}))
        items = value["items"]
        for number, one in enumerate(items if isinstance(items, list) else []):
            yield _item(one, f"/items/{number}")
    else:
        yield _thing(value, "")


def _thing(value: Json, place: str) -> Given:
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise FileShapeError(place=place)
    kind = Kind.MASTER_DATA if masterdata.of(value) else Kind.EVENT
    return Given(place, value, kind)


def _item(value: Json, place: str) -> Given:
    try:
        item = statement.read(value, signed=False)
    except InputError as error:
        raise error.under(place) from None
    return Given(f"{place}/event", item.stated, item.kind, tuple(item.conceal), item.amends)
