"""Master data as EPCIS documents carry them in their header: one element of a vocabulary (schema epcis/masterdata/v1).

An element is kept as it was sent. What stood around it in the document goes with it: the context, and in `vocabulary`
the type of the vocabulary it was listed in.
"""

from collections.abc import Iterator
from typing import Final

from indexer.core import epcis, form, shape
from indexer.core.canonical import Json, Members
from indexer.core.form import Field
from indexer.core.pointer import escape

TYPE = "VocabularyElement"
SCHEMA = "epcis/masterdata/v1"
ROLE = "element"

_ATTRIBUTE: Final = form.Form(
    shape.members({"id": shape.text, "attribute": form.ANYTHING.check}, {}),
    {"type": "object", "required": ["id", "attribute"], "properties": {"id": form.TEXT.schema}},
)
FORM: Final = form.members(
    Field("type", form.word(TYPE), "类型", "Kind of master data"),
    Field("vocabulary", form.URI, "词汇表类型", "Type of vocabulary"),
    Field("id", form.CODE, "代码", "What it describes"),
    Field("@context", form.CONTEXT, "前缀的含义", "Meaning of prefixes", False),
    Field("attributes", form.listed(_ATTRIBUTE, 0), "属性", "Attributes", False),
    Field("children", form.listed(form.TEXT, 0), "下级", "What lies below it", False),
)
CODES: Final = {"id": epcis.read_code}
_LIST: Final = "/epcisHeader/epcisMasterData/vocabularyList"


def check(body: Json) -> None:
    """Refuse, with its place, what is wrong with a vocabulary's element."""
    FORM.check(body, "")


def split(document: Members) -> Iterator[tuple[str, Members]]:
    """Take the elements out of a document's header, each with the place where it stood; many documents have none."""
    header = document.get("epcisHeader")
    master = header.get("epcisMasterData") if isinstance(header, dict) else None
    listed = master.get("vocabularyList") if isinstance(master, dict) else None
    if listed is None:
        return
    shape.array(shape.mapping)(listed, _LIST)
    for at, vocabulary in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(vocabulary, dict):
            yield from _elements(document, vocabulary, _LIST + escape(at))


def _elements(document: Members, vocabulary: Members, place: str) -> Iterator[tuple[str, Members]]:
    elements = vocabulary.get("vocabularyElementList", [])
    here = place + "/vocabularyElementList"
    shape.array(shape.mapping)(elements, here)
    for at, one in enumerate(elements if isinstance(elements, list) else []):
        if not isinstance(one, dict):
            continue
        kept = {name: value for name, value in one.items() if name not in ("type", "isA")}
        stated: Members = {"type": TYPE, "vocabulary": vocabulary.get("type"), **kept}
        context = _context(document, vocabulary, one)
        yield here + escape(at), {**stated, "@context": context} if context is not None else stated


def _context(*around: Members) -> Json:
    """Join the contexts of what stands in each other, outermost first, as an event's are; one alone stays as it is."""
    found = [one["@context"] for one in around if one.get("@context") is not None]
    if len(found) < 2:
        return found[0] if found else None
    return [entry for one in found for entry in (one if isinstance(one, list) else [one])]
