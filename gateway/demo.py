"""A product's life for the demo: what made-up enterprises state about gas water heaters.

Only data: up.py sends it through the same HTTP interface as any enterprise would. Companies, names and numbers are
invented (the GTIN prefix 694 is a real range, these numbers are not registered); the order of steps, the items
measured and the limits are the trade's own (GB 6932 for the appliance, GB 17905 for its age).
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

CST = timezone(timedelta(hours=8))
_DAY = timedelta(days=1)
GTIN = "06945000000015"
CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"suyuan": "https://suyuan.example/ns/"},
]


@dataclass(frozen=True)
class Enterprise:
    """One made-up enterprise: registered name, unified social credit code (GB 32100), its sites' GLNs."""

    name: str
    credit_code: str
    sites: tuple[str, ...]


MAKER = Enterprise("佛山市禅溪热能科技有限公司", "91440605MACX7R1K0J", ("6945000001012",))
CARRIER = Enterprise("广州岭顺供应链管理有限公司", "91440101MALR5N2P7G", ("6945000002019",))
SHOP = Enterprise(
    "深圳市安居燃具服务有限公司", "91440300MAAJ8T3Q77", ("6945000003016", "6945000003023")
)
SUPPLIER = Enterprise("中山市恒阀燃气配件有限公司", "91442000MA5HFQ7N42", ("6945000004013",))
ENTERPRISES = (MAKER, CARRIER, SHOP)
OWN_KEYS = (MAKER, SHOP)  # the carrier lets the platform sign on its behalf
OPERATOR = Enterprise("演示溯源平台运营有限公司", "91440300MA5G9W2Q0X", ())

PRODUCT = {
    "type": "Product",
    "gtin": GTIN,
    "name": {
        "zh": "禅溪 16 升平衡式燃气热水器",
        "en": "Chanxi 16 L balanced-flue gas water heater",
    },
    "brand": "禅溪",
    "model": "JSG30-16X",
    "category": "water_heater",
    "gasClass": "12T",
    "ratedHeatLoadKw": 30,
    "ratedPressurePa": 2000,
    "efficiencyGrade": 2,
    "standard": "GB 6932",
    "cccNumber": "2026012402000015",
    "safeUseYears": 8,
    "manufacturer": {"zh": MAKER.name, "en": "Foshan Chanxi Thermal Technology Co., Ltd."},
    "servicePhone": "400-000-0694",
}


@dataclass(frozen=True)
class Step:
    """One submission: who states it, and the items as `POST /api/v1/submissions` takes them."""

    who: Enterprise
    items: list[dict[str, Any]]


def epc(serial: str) -> str:
    """Write the Digital Link of one appliance."""
    return f"https://id.gs1.org/01/{GTIN}/21/{serial}"


def life(serials: list[str], now: datetime) -> Iterator[Step]:
    """Tell the life of `serials`, made forty days before `now` and installed an hour ago."""
    yield from made(serials, now)
    yield from moved([epc(serial) for serial in serials], now)
    yield from used(serials, now)


def made(serials: list[str], now: datetime) -> Iterator[Step]:
    """Tell what the maker says of its product, and how each piece was made and inspected."""
    units, at = [epc(serial) for serial in serials], now - 40 * _DAY
    yield Step(MAKER, [{"kind": 2, "event": deepcopy(PRODUCT)}])
    yield Step(MAKER, [{"event": _commissioned(unit, at)} for unit in units])
    yield Step(
        MAKER,
        [{"event": inspected(unit, at + timedelta(hours=5), n)} for n, unit in enumerate(units)],
    )


def moved(things: list[str], now: datetime) -> Iterator[Step]:
    """Tell how things, or the pallet they are on, come from the maker through the carrier to the shop."""
    yield Step(MAKER, [{"event": _moved("shipping", things, now - 36 * _DAY, MAKER, CARRIER)}])
    yield Step(CARRIER, [{"event": _moved("receiving", things, now - 34 * _DAY, MAKER, CARRIER)}])
    yield Step(CARRIER, [{"event": _moved("shipping", things, now - 20 * _DAY, CARRIER, SHOP)}])
    yield Step(SHOP, [{"event": _moved("receiving", things, now - 19 * _DAY, CARRIER, SHOP)}])


def used(serials: list[str], now: datetime) -> Iterator[Step]:
    """Tell how each piece is sold and installed."""
    units = [epc(serial) for serial in serials]
    yield Step(SHOP, [{"event": _sold(unit, now - 2 * _DAY, n)} for n, unit in enumerate(units)])
    yield Step(
        SHOP,
        [{"event": _installed(unit, now - timedelta(hours=1), n)} for n, unit in enumerate(units)],
    )


def _site(gln: str) -> str:
    return f"https://id.gs1.org/414/{gln}"


def _event(
    units: list[str],
    at: datetime,
    step: str,
    site: str,
    more: dict[str, Any],
    action: str = "OBSERVE",
) -> dict[str, Any]:
    return {
        "@context": deepcopy(CONTEXT),
        "type": "ObjectEvent",
        "eventTime": at.astimezone(CST).isoformat(timespec="seconds"),
        "eventTimeZoneOffset": "+08:00",
        "epcList": units,
        "action": action,
        "bizStep": step,
        "readPoint": {"id": _site(site)},
        **more,
    }


def _measured(kind: str, value: float, uom: str, name: str) -> dict[str, Any]:
    return {"type": kind, "value": value, "uom": uom, "suyuan:item": name}


def _commissioned(unit: str, at: datetime) -> dict[str, Any]:
    lot = at.astimezone(CST).strftime("%Y%m%d") + "-A2"
    more = {
        "disposition": "active",
        "ilmd": {"suyuan:lot": lot, "suyuan:line": "二号总装线"},
    }
    return _event([unit], at, "commissioning", MAKER.sites[0], more, action="ADD")


def inspected(unit: str, at: datetime, n: int) -> dict[str, Any]:
    """State the factory inspection of one appliance, with its measured values."""
    reports = [
        _measured("Power", round(29.6 + n / 10, 1), "KWT", "额定热负荷"),
        _measured("VolumeFraction", 220 + 10 * n, "59", "烟气中一氧化碳(α=1)"),
        _measured("Dimensionless", 91.5, "P1", "热效率"),
        _measured("Pressure", 4200, "PAL", "气密性试验压力"),
    ]
    metadata = {
        "time": at.astimezone(CST).isoformat(timespec="seconds"),
        "deviceID": "urn:epc:id:giai:6945000.HT-0417",
    }
    report = {"type": "testres", "bizTransaction": f"urn:suyuan:demo:testres:CX-2026-{8800 + n}"}
    more = {
        "disposition": "conformant",
        "bizTransactionList": [report],
        "sensorElementList": [{"sensorMetadata": metadata, "sensorReport": reports}],
        "suyuan:standard": "GB 6932",
        "suyuan:conclusion": "合格",
        "suyuan:operatorName": "梁工",
    }
    return _event([unit], at, "inspecting", MAKER.sites[0], more)


def _moved(
    step: str, units: list[str], at: datetime, source: Enterprise, target: Enterprise
) -> dict[str, Any]:
    here, disposition = (source, "in_transit") if step == "shipping" else (target, "in_progress")
    advice = {"type": "desadv", "bizTransaction": f"urn:suyuan:demo:desadv:{at:%y%m%d}"}
    party = "possessing_party"
    more = {
        "disposition": disposition,
        "bizTransactionList": [advice],
        "sourceList": [{"type": party, "source": _site(source.sites[0])}],
        "destinationList": [{"type": party, "destination": _site(target.sites[0])}],
    }
    return _event(units, at, step, here.sites[0], more)


def _sold(unit: str, at: datetime, n: int) -> dict[str, Any]:
    more = {
        "disposition": "retail_sold",
        "suyuan:customerName": f"顾客{n + 1}",
        "suyuan:price": 3299,
        "suyuan:region": "深圳市",
    }
    return _event([unit], at + timedelta(minutes=7 * n), "retail_selling", SHOP.sites[0], more)


def _installed(unit: str, at: datetime, n: int) -> dict[str, Any]:
    reports = [
        _measured("Pressure", 2010 + 5 * n, "PAL", "燃气供气压力"),
        _measured("VolumeFraction", 0, "59", "安装后室内一氧化碳"),
    ]
    more = {
        "disposition": "active",
        "sensorElementList": [{"sensorReport": reports}],
        "suyuan:customerAddress": "深圳市南山区（演示地址）",
        "suyuan:conclusion": "通气试机合格",
    }
    return _event([unit], at + timedelta(minutes=11 * n), "installing", SHOP.sites[1], more)
