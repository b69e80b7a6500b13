"""What a product is: master data that its maker states once and consumers read first (schema suyuan/product/v1)."""

from typing import Final

from indexer.core import code, form, safeuse
from indexer.core.canonical import Json
from indexer.core.code import Code
from indexer.core.errors import InputError
from indexer.core.form import Field

TYPE = "Product"
SCHEMA = "suyuan/product/v1"
ROLE = "product"

_GTIN = form.pattern("[0-9]{14}", "a GTIN of 14 digits")


class SafeUseTooShortError(InputError):
    """A declared age below the one that the standard sets."""

    code = "SAFE_USE_TOO_SHORT"
    sentence = "GB 17905 sets {least} years for such an appliance, and a maker may declare no fewer"


def gtin(value: Json, place: str) -> Code:
    """Read a GTIN of fourteen digits."""
    _GTIN.check(value, place)
    try:
        return code.parse(str(value))
    except InputError as error:
        raise error.under(place) from None


def _gtin(value: Json, place: str) -> None:
    gtin(value, place)


GTIN: Final = form.Form(_gtin, _GTIN.schema)
FORM: Final = form.members(
    Field("type", form.word(TYPE), "类型", "Kind of master data"),
    Field("gtin", GTIN, "商品条码（GTIN-14）", "GTIN of 14 digits"),
    Field("name", form.NAME, "产品名称", "Name"),
    Field("model", form.TEXT, "型号", "Model"),
    Field(
        "category",
        form.word("cooker", "water_heater", "boiler", "commercial", "other"),
        "类别：灶具、热水器、采暖热水炉、商用燃气器具、其他",
        "Category",
    ),
    Field("servicePhone", form.PHONE, "服务电话", "Service telephone"),
    Field("@context", form.CONTEXT, "前缀的含义", "Meaning of prefixes", required=False),
    Field(
        "brand",
        form.either(form.TEXT, form.NAME, expected="a text, or texts by language"),
        "品牌",
        "Brand",
        required=False,
    ),
    Field("manufacturer", form.NAME, "生产企业", "Manufacturer", required=False),
    Field(
        "gasClass",
        form.pattern("[0-9]{1,2}(?:[A-Z]|YK)", "a class of gas such as 12T"),
        "燃气类别（GB/T 13611），如 12T、20Y",
        "Class of gas (GB/T 13611), such as 12T or 20Y",
        required=False,
    ),
    Field(
        "ratedHeatLoadKw",
        form.POSITIVE,
        "额定热负荷（kW）",
        "Rated heat load in kW",
        required=False,
    ),
    Field(
        "ratedPressurePa",
        form.POSITIVE,
        "额定供气压力（Pa）",
        "Rated supply pressure in Pa",
        required=False,
    ),
    Field("standard", form.TEXT, "执行标准", "Standard", required=False),
    Field(
        "efficiencyGrade",
        form.whole(1, 3, "a grade from 1 to 3"),
        "能效等级（1 至 3）",
        "Energy efficiency grade, 1 to 3",
        required=False,
    ),
    Field("cccNumber", form.TEXT, "CCC 证书编号", "CCC certificate number", required=False),
    Field(
        "cccValidUntil",
        form.DATE,
        "CCC 证书有效期至",
        "CCC certificate valid until",
        required=False,
    ),
    Field(
        "licenceNumber",
        form.TEXT,
        "生产许可证编号",
        "Production licence number",
        required=False,
    ),
    Field(
        "licenceValidUntil",
        form.DATE,
        "生产许可证有效期至",
        "Production licence valid until",
        required=False,
    ),
    Field(
        "safeUseYears",
        form.whole(1, 100, "a whole number of years up to 100"),
        "安全使用年限（年），不得低于 GB 17905",
        "Years of safe use, no fewer than GB 17905 sets",
        required=False,
    ),
)
CODES: Final = {"gtin": gtin}


def check(body: Json) -> None:
    """Refuse, with its place, what is wrong with a product's master data."""
    FORM.check(body, "")
    if not isinstance(body, dict):
        return
    least, declared = safeuse.least(body), body.get("safeUseYears")
    if least is not None and isinstance(declared, int) and declared < least:
        raise SafeUseTooShortError(place="/safeUseYears", least=least)
