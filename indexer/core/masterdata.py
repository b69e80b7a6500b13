"""Which bodies are master data: one row a schema, told apart by the body's `type`, and what each names.

Checks, drafts, concealment and reach ask here, so a new kind of master data is one row. The order is that of weight:
where several describe one code, what stands first speaks for it. Twin of what is named: indexer/page/src/event.ts.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from indexer.core import filing, header, material, product, site
from indexer.core.canonical import Json, Members
from indexer.core.code import Code
from indexer.core.pointer import escape


@dataclass(frozen=True)
class Schema:
    """One kind of master data: `check` refuses what is wrong, `document` says the same as JSON Schema.

    `codes` are the members by which a body says what it describes, and how each is read.
    """

    type: str
    name: str
    role: str
    check: Callable[[Json], None]
    document: Members
    codes: Mapping[str, Callable[[Json, str], Code]]


SCHEMAS: Final = {
    one.TYPE: Schema(one.TYPE, one.SCHEMA, one.ROLE, one.check, one.FORM.schema, one.CODES)
    for one in (product, material, site, filing, header)
}


def of(body: Members) -> Schema | None:
    """Tell which kind of master data a body is, None for one that is none."""
    kind = body.get("type")
    return SCHEMAS.get(kind) if isinstance(kind, str) else None


def naming(body: Members) -> Iterator[tuple[str, str, Code]]:
    """Give role, pointer and code of what master data describe; what is concealed or absent names nothing."""
    schema = of(body)
    if schema is None:
        return
    for name, read in schema.codes.items():
        if name in body:
            yield schema.role, escape(name), read(body[name], escape(name))
