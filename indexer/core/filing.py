"""Who takes part in tracing: a participant's filing, the first of the six topics (schema suyuan/filing/v1).

The participant code (主体码) is a URI of any scheme, such as an Ecode or a party's GLN. Who may be reached in person
is for the operator and the authorities: the published list conceals it.
"""

from typing import Final

from indexer.core import creditcode, epcis, form
from indexer.core.canonical import Json
from indexer.core.form import Field
from indexer.core.site import REGION

TYPE = "Participant"
SCHEMA = "suyuan/filing/v1"
ROLE = "participant"

_LICENCE: Final = form.members(
    Field(
        "kind",
        form.word("business", "production", "ccc", "cma", "transport", "other"),
        "类别：营业执照、生产许可证、CCC、CMA、道路运输、其他",
        "Kind: business, production, CCC, CMA, transport, other",
    ),
    Field("number", form.TEXT, "编号", "Number"),
    Field(
        "validUntil", form.DATE, "有效期至；长期有效的不填", "Valid until; none if for good", False
    ),
    Field("validFrom", form.DATE, "有效期自", "Valid from", False),
    Field("scope", form.TEXT, "许可范围", "Scope", False),
    Field("issuer", form.TEXT, "发证机关", "Issuer", False),
)
FORM: Final = form.members(
    Field("type", form.word(TYPE), "类型", "Kind of master data"),
    Field("id", form.CODE, "主体码（URI）", "Participant code (URI)"),
    Field("name", form.TEXT, "名称", "Registered name"),
    Field(
        "creditCode",
        form.Form(
            creditcode.check,
            {"type": "string", "pattern": f"^[{creditcode.ALPHABET}]{{18}}$"},
        ),
        "统一社会信用代码（GB 32100）",
        "Unified social credit code (GB 32100)",
    ),
    Field(
        "roles",
        form.listed(
            form.word(
                "supplier",
                "maker",
                "carrier",
                "warehouse",
                "distributor",
                "retailer",
                "installer",
                "laboratory",
                "other",
            )
        ),
        "角色：供应商、生产、承运、仓储、经销、零售、安装、检验、其他",
        "Roles: supplier, maker, carrier, warehouse, distributor, retailer, installer, laboratory, other",
    ),
    Field("legalRepresentative", form.TEXT, "法定代表人", "Legal representative"),
    Field("regionCode", REGION, "行政区划代码（GB/T 2260）", "Region code (GB/T 2260)"),
    Field("address", form.TEXT, "地址", "Address"),
    Field("contactPhone", form.PHONE, "联系电话", "Contact telephone"),
    Field("licences", form.listed(_LICENCE), "许可证", "Licences"),
    Field("@context", form.CONTEXT, "前缀的含义", "Meaning of prefixes", False),
    Field("contactName", form.TEXT, "联系人", "Contact person", False),
    Field("businessScope", form.TEXT, "经营范围", "Business scope", False),
)
CODES: Final = {"id": epcis.read_code}


def check(body: Json) -> None:
    """Refuse, with its place, what is wrong with a participant's filing."""
    FORM.check(body, "")
