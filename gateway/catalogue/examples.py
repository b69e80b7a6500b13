"""A whole example of each topic, as the documentation shows it and as intake takes it: about a made-up water heater.

Companies, names and numbers are invented; the GTIN prefix 694 is a real range, these numbers are not registered.
"""

from types import MappingProxyType
from typing import Any, Final

_CONTEXT: Final = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"suyuan": "https://suyuan.example/ns/"},
]
_HEATER: Final = "https://id.gs1.org/01/06945000000015/21/CX26A00017"
_FACTORY: Final = "https://id.gs1.org/414/6945000001012"
_SHOP: Final = "https://id.gs1.org/414/6945000003016"
_VALVES: Final = "https://id.gs1.org/01/06945000000022/10/V2610-03"


def _event(topic: str, step: str, at: str, site: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 -- JSON
    return {
        "@context": _CONTEXT,
        "type": "ObjectEvent",
        "suyuan:topic": topic,
        "eventTime": at,
        "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE",
        "bizStep": step,
        "readPoint": {"id": site},
        **more,
    }


def _document(kind: str, number: str) -> list[dict[str, str]]:
    return [{"type": kind, "bizTransaction": f"urn:epcglobal:cbv:bt:6945000001012:{number}"}]


_FILING: Final = {
    "type": "Participant",
    "id": "https://id.gs1.org/417/6945000001012",
    "name": "佛山市禅溪热能科技有限公司",
    "creditCode": "91440605MACX7R1K0J",
    "roles": ["maker"],
    "legalRepresentative": "何某某",
    "regionCode": "440605",
    "address": "佛山市南海区示例路 8 号",
    "contactName": "梁某",
    "contactPhone": "0757-8000 0000",
    "businessScope": "燃气热水器的制造与销售",
    "licences": [
        {"kind": "business", "number": "91440605MACX7R1K0J"},
        {"kind": "ccc", "number": "2026012402000015", "validUntil": "2031-03-14"},
    ],
}
_PURCHASE: Final = _event(
    "purchase",
    "receiving",
    "2026-09-28T09:10:00+08:00",
    _FACTORY,
    quantityList=[{"epcClass": _VALVES, "quantity": 500}],
    bizTransactionList=_document("po", "PO-2026-0917"),
    **{
        "suyuan:supplier": "https://id.gs1.org/417/6945000004013",
        "suyuan:materialName": "燃气比例阀",
        "suyuan:specification": "DN15，24 V，额定压力 2000 Pa",
        "suyuan:lot": "V2610-03",
        "suyuan:productionDate": "2026-09-20",
        "suyuan:certificate": "HG-2026-3381",
    },
)
_PRODUCTION: Final = _event(
    "production",
    "commissioning",
    "2026-10-12T09:30:00+08:00",
    _FACTORY,
    epcList=[_HEATER],
    action="ADD",
    disposition="active",
    ilmd={"suyuan:lot": "20261012-A2", "suyuan:line": "二号总装线", "suyuan:shift": "早班"},
    **{"suyuan:operatorName": "梁某"},
)
_INSPECTION: Final = _event(
    "inspection",
    "inspecting",
    "2026-10-12T14:30:00+08:00",
    _FACTORY,
    epcList=[_HEATER],
    disposition="conformant",
    bizTransactionList=_document("testres", "CX-2026-8800"),
    sensorElementList=[
        {
            "sensorReport": [
                {"type": "Power", "value": 29.6, "uom": "KWT", "suyuan:item": "额定热负荷"},
                {"type": "Pressure", "value": 4200, "uom": "PAL", "suyuan:item": "气密性试验压力"},
            ]
        }
    ],
    **{
        "suyuan:inspectionType": "factory",
        "suyuan:standard": "GB 6932",
        "suyuan:conclusion": "合格",
        "suyuan:laboratory": "佛山市禅溪热能科技有限公司检验中心",
        "suyuan:reportNumber": "CX-2026-8800",
        "suyuan:signatory": "黄某",
    },
)
_LOGISTICS: Final = _event(
    "logistics",
    "shipping",
    "2026-10-16T08:00:00+08:00",
    _FACTORY,
    epcList=[_HEATER],
    disposition="in_transit",
    bizTransactionList=_document("desadv", "FH-261016-02"),
    sourceList=[{"type": "possessing_party", "source": _FACTORY}],
    destinationList=[{"type": "possessing_party", "destination": _SHOP}],
    **{
        "suyuan:carrier": "广州岭顺供应链管理有限公司",
        "suyuan:plateNumber": "粤E·00000",
    },
)
_TRADE: Final = _event(
    "trade",
    "retail_selling",
    "2026-11-19T15:20:00+08:00",
    _SHOP,
    epcList=[_HEATER],
    disposition="retail_sold",
    bizTransactionList=_document("inv", "XS-2026-1119"),
    **{
        "suyuan:seller": "https://id.gs1.org/417/6945000003016",
        "suyuan:region": "深圳市",
        "suyuan:price": 3299,
        "suyuan:installationDate": "2026-11-21",
    },
)
GOLDEN: Final = MappingProxyType(
    {
        "filing": _FILING,
        "purchase": _PURCHASE,
        "production": _PRODUCTION,
        "inspection": _INSPECTION,
        "logistics": _LOGISTICS,
        "trade": _TRADE,
    }
)
