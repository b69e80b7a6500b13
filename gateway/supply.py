"""What lies before and around an appliance's life in the demo: valve lots, assembly, cases on a pallet, a recall.

A supplier turns a lot of brass into two lots of gas valves, its case goes to the maker, each water heater gets a valve
of one of them, two heaters go into a case and two cases onto a pallet. Later one valve is replaced, and its lot is
recalled: what is to be found then are the heaters that hold a valve of it today, and the one that did.
"""

from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any, Final

from gateway import demo
from gateway.demo import CARRIER, CONTEXT, CST, MAKER, SHOP, SUPPLIER, Step, epc

VALVE_GTIN: Final = "06945000000022"
BRASS_GTIN: Final = "06945000000039"
# Two lots of one kind of valve: the first is recalled in the end.
RECALLED, SOUND = "HV2609A", "HV2610C"
RECALL_PATH: Final = f"/01/{VALVE_GTIN}/10/{RECALLED}"
_BOX: Final = "https://id.gs1.org/00/069450000000000015"  # of valves, from supplier to maker
_CASES: Final = (
    "https://id.gs1.org/00/069450000000000022",
    "https://id.gs1.org/00/069450000000000039",
)
PALLET: Final = "https://id.gs1.org/00/069450000000000046"
_BRASS: Final = f"https://id.gs1.org/01/{BRASS_GTIN}/10/CU59-0815"
_DAY: Final = timedelta(days=1)

MATERIALS: Final = (
    {
        "type": "Material",
        "gtin": BRASS_GTIN,
        "kind": "raw",
        "name": {"zh": "黄铜棒 HPb59-1", "en": "Brass rod HPb59-1"},
        "specification": "Φ28 mm",
        "standard": "GB/T 4423",
    },
    {
        "type": "Material",
        "gtin": VALVE_GTIN,
        "kind": "part",
        "name": {"zh": "燃气比例阀 HV-20", "en": "Proportional gas valve HV-20"},
        "specification": "G1/2, 12T",
    },
)


_SITES: Final = {
    SUPPLIER: (("中山阀门车间", "Valve works, Zhongshan", "442000"),),
    MAKER: (("佛山总装厂", "Assembly plant, Foshan", "440605"),),
    CARRIER: (("广州中转仓", "Transit warehouse, Guangzhou", "440101"),),
    SHOP: (
        ("深圳旗舰店", "Flagship store, Shenzhen", "440300"),
        ("深圳安装服务站", "Installation service, Shenzhen", "440300"),
    ),
}


def lot(number: str) -> str:
    """Write the Digital Link of one lot of valves."""
    return f"https://id.gs1.org/01/{VALVE_GTIN}/10/{number}"


def story(serials: list[str], now: datetime) -> Iterator[Step]:
    """Tell all of it in the order in which it happened; the first of the appliances gets another valve in the end."""
    yield from _described()
    yield from _delivered(now)
    product, begun, inspected = demo.made(serials, now)
    yield from (product, begun, _assembled(serials, now), inspected)
    yield _packed_up(serials, now)
    yield from demo.moved([PALLET], now)
    yield _unpacked(now)
    yield from demo.used(serials, now)
    yield _replaced(serials[0], now)
    yield _recalled(now)


def _described() -> Iterator[Step]:
    """Tell what each enterprise's sites are called, and what the supplier deals in."""
    for who, sites in _SITES.items():
        bodies = [
            {
                "type": "Site",
                "gln": gln,
                "name": {"zh": chinese, "en": english},
                "regionCode": region,
                "operator": who.name,
            }
            for gln, (chinese, english, region) in zip(who.sites, sites, strict=True)
        ]
        more = MATERIALS if who is SUPPLIER else ()
        yield Step(who, [{"kind": 2, "event": deepcopy(one)} for one in (*bodies, *more)])


def _delivered(now: datetime) -> Iterator[Step]:
    """Tell how two lots of valves are made and come to the maker, sixty to forty-five days ago."""
    yield Step(SUPPLIER, [{"event": _bought(now - 60 * _DAY)}])
    yield Step(SUPPLIER, [{"event": _cast(RECALLED, now - 56 * _DAY)}])
    yield Step(SUPPLIER, [{"event": _cast(SOUND, now - 55 * _DAY)}])
    lots = [_quantity(lot(RECALLED), 300), _quantity(lot(SOUND), 200)]
    box = {"parentID": _BOX, "childQuantityList": lots}
    yield Step(
        SUPPLIER,
        [
            {"event": _begun([_BOX], now - 50 * _DAY, SUPPLIER.sites[0])},
            {"event": _packed("ADD", now - 50 * _DAY, SUPPLIER.sites[0], box)},
            {"event": _carried("shipping", now - 49 * _DAY, SUPPLIER.sites[0])},
        ],
    )
    yield Step(
        MAKER,
        [
            {"event": _carried("receiving", now - 47 * _DAY, MAKER.sites[0])},
            {"event": _packed("DELETE", now - 46 * _DAY, MAKER.sites[0], {"parentID": _BOX})},
            {"event": _incoming(now - 46 * _DAY + timedelta(hours=2))},
        ],
    )


def _assembled(serials: list[str], now: datetime) -> Step:
    """Put a valve into each appliance right after it got its number: the last has one of the sound lot."""
    at = now - 40 * _DAY + timedelta(hours=1)
    lots = [RECALLED] * (len(serials) - 1) + [SOUND]
    items = [
        _fitted("ADD", one, number, at, MAKER.sites[0])
        for one, number in zip(serials, lots, strict=True)
    ]
    return Step(MAKER, [{"event": one} for one in items])


def _packed_up(serials: list[str], now: datetime) -> Step:
    """Pack two appliances into each case and the cases onto a pallet."""
    at, half = now - 37 * _DAY, (len(serials) + 1) // 2
    contents = (serials[:half], serials[half:])
    cases = [
        _packed(
            "ADD", at, MAKER.sites[0], {"parentID": case, "childEPCs": [epc(one) for one in inside]}
        )
        for case, inside in zip(_CASES, contents, strict=True)
    ]
    onto = {"parentID": PALLET, "childEPCs": list(_CASES)}
    pallet = _packed("ADD", at + timedelta(hours=1), MAKER.sites[0], onto)
    begun = _begun([*_CASES, PALLET], at, MAKER.sites[0])
    return Step(MAKER, [{"event": one} for one in (begun, *cases, pallet)])


def _unpacked(now: datetime) -> Step:
    """Unpack the pallet and its cases in the shop, all that is in them."""
    at = now - 18 * _DAY
    items = [
        _packed("DELETE", at + timedelta(minutes=10 * number), SHOP.sites[0], {"parentID": one})
        for number, one in enumerate((PALLET, *_CASES))
    ]
    return Step(SHOP, [{"event": one} for one in items])


def _replaced(serial: str, now: datetime) -> Step:
    """Take a valve of the lot to be recalled out of an appliance and put one of the other in."""
    at = now - timedelta(minutes=25)
    out = _fitted("DELETE", serial, RECALLED, at, SHOP.sites[1], "replacing")
    into = _fitted("ADD", serial, SOUND, at + timedelta(minutes=10), SHOP.sites[1], "replacing")
    return Step(SHOP, [{"event": out}, {"event": into}])


def _recalled(now: datetime) -> Step:
    """Recall one lot of valves."""
    more = {
        "quantityList": [{"epcClass": lot(RECALLED)}],
        "disposition": "recalled",
        "suyuan:reason": "阀体铸造砂眼，可能泄漏",
    }
    return Step(
        SUPPLIER,
        [
            {
                "event": _event(
                    "ObjectEvent", now - timedelta(minutes=10), "holding", SUPPLIER.sites[0], more
                )
            }
        ],
    )


def _event(kind: str, at: datetime, step: str, site: str, more: dict[str, Any]) -> dict[str, Any]:
    action = {} if kind == "TransformationEvent" else {"action": "OBSERVE"}
    return {
        "@context": deepcopy(CONTEXT),
        "type": kind,
        "eventTime": at.astimezone(CST).isoformat(timespec="seconds"),
        "eventTimeZoneOffset": "+08:00",
        **action,
        "bizStep": step,
        "readPoint": {"id": f"https://id.gs1.org/414/{site}"},
        **more,
    }


def _quantity(code: str, pieces: float, unit: str = "H87") -> dict[str, Any]:
    return {"epcClass": code, "quantity": pieces, "uom": unit}


def _bought(at: datetime) -> dict[str, Any]:
    more = {
        "action": "ADD",
        "quantityList": [_quantity(_BRASS, 850, "KGM")],
        "bizTransactionList": [{"type": "po", "bizTransaction": "urn:suyuan:demo:po:HF-2608"}],
        "suyuan:topic": "purchase",
        "suyuan:supplier": "演示铜业有限公司",
        "suyuan:materialName": "黄铜棒 HPb59-1",
        "suyuan:specification": "Φ28 mm",
        "suyuan:productionDate": f"{at - 12 * _DAY:%Y-%m-%d}",
        "suyuan:certificate": "材质证明 CU59-0815",
        "ilmd": {"cbvmda:lotNumber": "CU59-0815"},
    }
    return _event("ObjectEvent", at, "receiving", SUPPLIER.sites[0], more)


def _cast(number: str, at: datetime) -> dict[str, Any]:
    pieces, used = (300, 480) if number == RECALLED else (200, 320)
    more = {
        "inputQuantityList": [_quantity(_BRASS, used, "KGM")],
        "outputQuantityList": [_quantity(lot(number), pieces)],
        "ilmd": {"cbvmda:lotNumber": number, "suyuan:line": "压铸二线"},
        "suyuan:topic": "production",
        "suyuan:operatorName": "周工",
    }
    return _event("TransformationEvent", at, "creating_class_instance", SUPPLIER.sites[0], more)


def _begun(units: list[str], at: datetime, site: str) -> dict[str, Any]:
    """Give logistic units their numbers."""
    more = {"action": "ADD", "epcList": units, "disposition": "active"}
    return _event("ObjectEvent", at, "commissioning", site, more)


def _packed(action: str, at: datetime, site: str, more: dict[str, Any]) -> dict[str, Any]:
    step = "packing" if action == "ADD" else "unpacking"
    return _event("AggregationEvent", at, step, site, {"action": action, **more})


def _carried(step: str, at: datetime, site: str) -> dict[str, Any]:
    advice = {"type": "desadv", "bizTransaction": "urn:suyuan:demo:desadv:HF-2609"}
    more = {"epcList": [_BOX], "bizTransactionList": [advice]}
    return _event("ObjectEvent", at, step, site, more)


def _incoming(at: datetime) -> dict[str, Any]:
    report = {"type": "Pressure", "value": 15, "uom": "KPA", "suyuan:item": "阀体气密性"}
    more = {
        "quantityList": [{"epcClass": lot(RECALLED)}, {"epcClass": lot(SOUND)}],
        "disposition": "conformant",
        "sensorElementList": [{"sensorReport": [report]}],
        "suyuan:standard": "Q/HF 01-2026",
        "suyuan:conclusion": "合格",
        "suyuan:operatorName": "何工",
    }
    return _event("ObjectEvent", at, "inspecting", MAKER.sites[0], more)


def _fitted(
    action: str, serial: str, number: str, at: datetime, site: str, step: str = "assembling"
) -> dict[str, Any]:
    more = {
        "action": action,
        "parentID": epc(serial),
        "childQuantityList": [_quantity(lot(number), 1)],
    }
    return _event("AssociationEvent", at, step, site, more)
