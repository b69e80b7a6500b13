"""XML from outside becomes a tree of elements, or is refused before it can cost anything.

No document type, hence no entities of the sender's own; bounded in size and depth. What is refused is named by the path
of its element and its line. Prefixes are kept beside the tree: an extension's namespace is part of what it says, its
prefix is how the JSON will spell it.
"""

from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from indexer.core.errors import InputError

LARGEST: Final = 64 << 20
# As deep as JSON may be (canonical.DEPTH); no document of EPCIS comes near.
DEEPEST: Final = 32


class XmlError(InputError):
    """XML that is not read; `place` is the path of the element that is not."""

    code = "XML"
    sentence = "the XML is not read"


class MalformedXmlError(XmlError):
    """The bytes are not XML."""

    code = "XML_SYNTAX"
    sentence = "not XML at line {line}, column {column}: {reason}"


class DoctypeError(XmlError):
    """A document type, which could define entities and point to files."""

    code = "XML_DOCTYPE"
    sentence = "line {line} declares a document type, which is not read"


class TooDeepXmlError(XmlError):
    """Elements stand in one another without end."""

    code = "XML_TOO_DEEP"
    sentence = "at line {line} more than 32 elements stand in one another"


class TooLargeXmlError(XmlError):
    """More bytes than are read at once."""

    code = "XML_TOO_LARGE"
    sentence = "the document has more than {most} bytes"


@dataclass(eq=False)
class Element:
    """One element: its namespace and name, what it holds, and where it stood."""

    namespace: str
    name: str
    line: int
    parent: "Element | None" = field(repr=False)
    attributes: list[tuple[str, str, str]]  # namespace, name, value
    children: list["Element"] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Return what stands in the element itself, without white space at its ends."""
        return "".join(self.said).strip()

    @property
    def place(self) -> str:
        """Spell the path from the root; of several elements of one name the number is told, from 1."""
        if self.parent is None:
            return ""
        same = [child for child in self.parent.children if child.name == self.name]
        number = f"[{same.index(self) + 1}]" if len(same) > 1 else ""
        return f"{self.parent.place}/{self.name}{number}"


@dataclass(frozen=True)
class Tree:
    """A document's elements, and the namespaces it declares in their order, each with its prefix."""

    root: Element
    declared: list[tuple[str, str]]


def read(data: bytes) -> Tree:
    """Read a document; whatever is wrong with it is an XmlError."""
    if len(data) > LARGEST:
        raise TooLargeXmlError(most=LARGEST)
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        # Besides what expat finds, Python's codecs say in their own ways that an encoding cannot be read.
        raise reader.malformed(error) from None
    return reader.tree()


class _Reader:
    """Builds the tree while expat walks through the bytes."""

    def __init__(self) -> None:
        # A local name holds no space, so the last one ends the namespace.
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.ordered_attributes = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartNamespaceDeclHandler = self._namespace
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        # What stands around the document's element has no name; expat takes no document without that element.
        self._document = Element("", "", line=0, parent=None, attributes=[])
        self._open = [self._document]
        self._declared: list[tuple[str, str]] = []

    def tree(self) -> Tree:
        return Tree(self._document.children[0], self._declared)

    def malformed(self, error: Exception) -> MalformedXmlError:
        reason = expat.ErrorString(error.code) if isinstance(error, expat.ExpatError) else error
        return MalformedXmlError(
            line=self.parser.ErrorLineNumber,
            column=self.parser.ErrorColumnNumber + 1,
            reason=str(reason),
        )

    def _doctype(self, *_: object) -> None:
        raise DoctypeError(line=self.parser.CurrentLineNumber)

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        if uri:
            self._declared.append((prefix or "", uri))

    def _start(self, name: str, attributes: list[str]) -> None:
        parent, line = self._open[-1], self.parser.CurrentLineNumber
        if len(self._open) > DEEPEST:
            raise TooDeepXmlError(place=parent.place, line=line)
        names = zip(attributes[::2], attributes[1::2], strict=True)
        held = [(*_split(one), value) for one, value in names]
        element = Element(*_split(name), line=line, parent=parent, attributes=held)
        parent.children.append(element)
        self._open.append(element)

    def _end(self, _: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        self._open[-1].said.append(text)


def _split(name: str) -> tuple[str, str]:
    namespace, _, local = name.rpartition(" ")
    return namespace, local
