"""Where things happen: master data of a place that its operator states once (schema suyuan/site/v1)."""

from typing import Final

from indexer.core import code, form
from indexer.core.canonical import Json
from indexer.core.code import Code
from indexer.core.errors import InputError
from indexer.core.form import Field

TYPE = "Site"
SCHEMA = "suyuan/site/v1"
ROLE = "site"

_GLN = form.pattern("[0-9]{13}", "a GLN of 13 digits")


def gln(value: Json, place: str) -> Code:
    """Read a GLN of thirteen digits."""
    _GLN.check(value, place)
    try:
        return code.parse(f"(414){value}")
    except InputError as error:
        raise error.under(place) from None


def _gln(value: Json, place: str) -> None:
    gln(value, place)


GLN: Final = form.Form(_gln, _GLN.schema)
REGION: Final = form.pattern("[0-9]{6}", "a region code of 6 digits (GB/T 2260)")
FORM: Final = form.members(
    Field("type", form.word(TYPE), "类型", "Kind of master data"),
    Field("gln", GLN, "位置代码（GLN）", "Place (GLN)"),
    Field("name", form.NAME, "场所名称", "Name"),
    Field("@context", form.CONTEXT, "前缀的含义", "Meaning of prefixes", required=False),
    Field("address", form.TEXT, "地址", "Address", required=False),
    Field(
        "regionCode",
        REGION,
        "行政区划代码（GB/T 2260）",
        "Region code (GB/T 2260)",
        required=False,
    ),
    Field("operator", form.TEXT, "运营主体", "Who operates it", required=False),
)
CODES: Final = {"gln": gln}


def check(body: Json) -> None:
    """Refuse, with its place, what is wrong with a site's master data."""
    FORM.check(body, "")
