"""What a supplier delivers: master data of a raw material, part or packaging (schema suyuan/material/v1).

It goes by a GTIN or, where its supplier has none for it, by a URI of whoever states it.
"""

from typing import Final

from indexer.core import epcis, form, product, shape
from indexer.core.canonical import Json
from indexer.core.form import Field

TYPE = "Material"
SCHEMA = "suyuan/material/v1"
ROLE = "material"

_MEMBERS: Final = form.members(
    Field("type", form.word(TYPE), "类型", "Kind of master data"),
    Field("name", form.NAME, "物料名称", "Name"),
    Field("specification", form.TEXT, "规格", "Specification"),
    Field(
        "kind",
        form.word("raw", "part", "auxiliary", "packaging"),
        "种类：原材料、零部件、辅料、包装材料",
        "Kind: raw material, part, auxiliary, packaging",
    ),
    Field(
        "gtin",
        product.GTIN,
        "商品条码（GTIN-14），与 id 至少有一个",
        "GTIN of 14 digits; it or id is there",
        required=False,
    ),
    Field(
        "id",
        form.CODE,
        "自编类别代码（URI），与 gtin 至少有一个",
        "Class URI of one's own; it or gtin is there",
        required=False,
    ),
    Field("@context", form.CONTEXT, "前缀的含义", "Meaning of prefixes", required=False),
    Field("supplier", form.TEXT, "供应商", "Supplier", required=False),
    Field("standard", form.TEXT, "执行标准", "Standard", required=False),
)
FORM: Final = form.Form(
    _MEMBERS.check,
    {**_MEMBERS.schema, "anyOf": [{"required": ["gtin"]}, {"required": ["id"]}]},
)
CODES: Final = {"gtin": product.gtin, "id": epcis.read_code}


def check(body: Json) -> None:
    """Refuse, with its place, what is wrong with a material's master data."""
    FORM.check(body, "")
    if isinstance(body, dict) and not body.keys() & CODES.keys():
        raise shape.MissingMemberError(place="/gtin")
