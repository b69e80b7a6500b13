"""The topics that tracing rests on, as tables: what an event that declares one must state (suyuan:topic).

The facts are those of the national core metadata for important products as far as they are public, and what makers of
gas appliances record. Of the six topics the first, the participant's filing, is no event but master data (filing.py).
"""

from collections.abc import Iterator
from typing import Final

from indexer.core import form
from indexer.core.canonical import Members
from indexer.core.errors import InputError
from indexer.core.form import Form
from indexer.core.topic import MEMBER, Fact, Place, Topic

FILING: Final = "filing"


class TopicUnknownError(InputError):
    """A topic nobody has defined, or one that is no event's."""

    code = "TOPIC_UNKNOWN"
    sentence = "the topic at {place!r} is none of {known}; a participant's filing is master data"


class TopicFaultsError(InputError):
    """Several things keep an event from being of the topic it declares; `faults` are all of them."""

    code = "TOPIC_FAULTS"
    sentence = "{count} things are missing or wrong for the topic, the first at {place}: {first}"

    def __init__(self, *, faults: list[InputError]) -> None:
        self.faults = faults
        super().__init__(place=faults[0].place, count=len(faults), first=str(faults[0]))

    def moved(self, old: str, new: str) -> "TopicFaultsError":
        """Return the same faults, each with `new` for `old` at the beginning of its place."""
        return TopicFaultsError(faults=[one.moved(old, new) for one in self.faults])


def _place(*path: str, of: Form = form.TEXT) -> Place:
    return Place(path, of)


def _own(name: str, of: Form = form.TEXT) -> Place:
    return Place((f"suyuan:{name}",), of)


def _steps(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SOME: Final = form.listed(form.OBJECT, 0)
_CODES: Final = form.listed(form.TEXT, 0)
_LISTED: Final = (_place("epcList", of=_CODES), _place("quantityList", of=_SOME))
_PACKED: Final = (
    _place("childEPCs", of=_CODES),
    _place("childQuantityList", of=_SOME),
    _place("parentID"),
)
_MADE: Final = (
    _place("outputEPCList", of=_CODES),
    _place("outputQuantityList", of=_SOME),
)
_WHEN: Final = Fact("发生时间", "When it happened", (_place("eventTime", of=form.MOMENT),))
_WHERE: Final = Fact(
    "地点（场所的 GLN）",
    "Where: the place's GLN",
    (_place("readPoint", of=form.OBJECT), _place("bizLocation", of=form.OBJECT)),
)
_LOT: Final = Fact(
    "批号",
    "Lot",
    (
        _place("ilmd", "suyuan:lot"),
        _place("ilmd", "cbvmda:lotNumber"),
        _place("ilmd", "urn:epcglobal:cbv:mda#lotNumber"),
        _place("ilmd", "https://ref.gs1.org/cbv/mda/lotNumber"),
        _own("lot"),
    ),
)
_DOCUMENT: Final = Fact(
    "单据号", "Document: order, invoice, waybill", (_place("bizTransactionList", of=_SOME),)
)
_SOURCE: Final = _place("sourceList", of=_SOME)
_DESTINATION: Final = _place("destinationList", of=_SOME)
_SENSORS: Final = _place("sensorElementList", of=_SOME)
_MOVING: Final = _steps("shipping departing transporting")

_ALL: Final = (
    Topic(
        "purchase",
        "原材料采购（含辅料、包装材料）",
        "Purchase of raw material, auxiliaries and packaging",
        frozenset({"ObjectEvent", "TransactionEvent"}),
        _steps("receiving accepting"),
        (
            _WHEN,
            _WHERE,
            Fact("供应商（主体码）", "Supplier (participant code)", (_own("supplier"), _SOURCE)),
            Fact("物料名称", "Name of the material", (_own("materialName"),)),
            Fact("规格", "Specification", (_own("specification"),)),
            _LOT,
            Fact("物料与数量", "Material and quantity", _LISTED[::-1]),
            Fact(
                "生产日期",
                "Date of production",
                (
                    _own("productionDate", form.DATE),
                    _place("ilmd", "cbvmda:productionDate", of=form.TEXT),
                ),
            ),
            Fact(
                "检验合格证明",
                "Certificate of conformity",
                (_own("certificate"), _place("certificationInfo", of=form.ANYTHING)),
            ),
            _DOCUMENT,
        ),
    ),
    Topic(
        "production",
        "生产经营",
        "Production",
        frozenset({"ObjectEvent", "TransformationEvent", "AssociationEvent"}),
        _steps("commissioning creating_class_instance assembling"),
        (
            _WHEN,
            _WHERE,
            Fact("产品", "Product", (*_LISTED, *_MADE, *_PACKED)),
            _LOT,
            Fact("生产线", "Production line", (_place("ilmd", "suyuan:line"), _own("line"))),
            Fact("操作员", "Operator", (_own("operator"), _own("operatorName"))),
            Fact("班次", "Shift", (_place("ilmd", "suyuan:shift"), _own("shift")), required=False),
            Fact("关键控制点记录", "Key control points", (_SENSORS,), required=False),
        ),
    ),
    Topic(
        "inspection",
        "检验检测",
        "Inspection",
        frozenset({"ObjectEvent", "TransactionEvent"}),
        _steps("inspecting sampling sensor_reporting accepting"),
        (
            _WHEN,
            _WHERE,
            Fact("检验对象", "What was inspected", _LISTED),
            Fact(
                "检测类型：进货、过程、出厂、型式、监督",
                "Kind: incoming, process, factory, type, supervision",
                (
                    _own(
                        "inspectionType",
                        form.word("incoming", "process", "factory", "type", "supervision"),
                    ),
                ),
            ),
            Fact("依据标准", "Standard", (_own("standard"),)),
            Fact("项目、实测值与单位", "Items, values and units", (_SENSORS,)),
            Fact("结论", "Conclusion", (_own("conclusion"),)),
            Fact("检验机构", "Laboratory", (_own("laboratory"),)),
            Fact(
                "报告编号",
                "Report number",
                (_own("reportNumber"), _place("bizTransactionList", of=_SOME)),
            ),
            Fact("授权签字人", "Authorised signatory", (_own("signatory"),)),
            Fact("资质（CMA、CNAS）", "Accreditation", (_own("accreditation"),), required=False),
            Fact(
                "报告文件的 SHA-256",
                "SHA-256 of the report's file",
                (_own("reportHash", form.pattern("[0-9a-f]{64}", "64 hexadecimal digits")),),
                required=False,
            ),
        ),
    ),
    Topic(
        "logistics",
        "物流仓储",
        "Storage and transport",
        frozenset({"ObjectEvent", "AggregationEvent", "TransactionEvent"}),
        _steps(
            "shipping receiving storing stocking loading unloading departing transporting arriving packing unpacking"
            " picking staging_outbound entering_exiting void_shipping"
        ),
        (
            _WHEN,
            _WHERE,
            Fact("货物或箱码", "Goods or cases", (*_LISTED, *_PACKED)),
            _DOCUMENT,
            Fact("承运人", "Carrier", (_own("carrier"),), steps=_MOVING),
            Fact("车牌", "Vehicle", (_own("plateNumber"),), steps=_MOVING),
            Fact("起运地", "From", (_SOURCE, _own("origin")), steps=_MOVING),
            Fact("目的地", "To", (_DESTINATION, _own("destination")), steps=_MOVING),
            Fact("温湿度", "Temperature, humidity", (_SENSORS,), required=False),
        ),
    ),
    Topic(
        "trade",
        "成品交易",
        "Trade in finished goods",
        frozenset({"ObjectEvent", "TransactionEvent"}),
        _steps("retail_selling shipping receiving accepting consigning"),
        (
            _WHEN,
            _WHERE,
            Fact("产品与数量", "Products and quantities", _LISTED),
            Fact("销售方（主体码）", "Seller (participant code)", (_own("seller"), _SOURCE)),
            Fact(
                "购买方（主体码）；零售时不需要",
                "Buyer (participant code); none in retail",
                (_own("buyer"), _DESTINATION),
                steps=_steps("shipping receiving accepting consigning"),
            ),
            _DOCUMENT,
            Fact("销售区域", "Sales region", (_own("region"),)),
            Fact(
                "安装日期",
                "Day of installation",
                (_own("installationDate", form.DATE),),
                required=False,
            ),
        ),
    ),
)
TOPICS: Final = {one.name: one for one in _ALL}


def faults(event: Members) -> Iterator[InputError]:
    """Find all that keeps an event from being of the topic it declares; one that declares none has none."""
    if MEMBER not in event:
        return
    declared = event[MEMBER]
    topic = TOPICS.get(declared) if isinstance(declared, str) else None
    if topic is None:
        yield TopicUnknownError(place=f"/{MEMBER}", known=", ".join(TOPICS))
    else:
        yield from topic.faults(event)


def check(event: Members) -> None:
    """Refuse an event that is not what its topic asks for, with everything that is missing or wrong."""
    found = list(faults(event))
    if len(found) == 1:
        raise found[0]
    if found:
        raise TopicFaultsError(faults=found)
