"""Events of made-up heaters, cases, pallets and lots, and what is known once they are in the log."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from gateway.oversight.history import codes
from gateway.oversight.rules import History, Known
from indexer.core import event
from tests.gateway.making import NOW, body

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
DAY = datetime(2025, 11, 1, tzinfo=UTC)
MAKER, SHOP = UUID(int=1), UUID(int=2)


def heater(serial: object) -> str:
    return f"https://id.gs1.org/01/06945000000015/21/{serial}"


def case(serial: object) -> str:
    return f"https://id.gs1.org/01/16945000000012/21/{serial}"


def lot(name: object) -> str:
    return f"https://id.gs1.org/01/06945000000022/10/{name}"


PALLET = "https://id.gs1.org/00/069450000000000121"


def happened(hour: float, kind: str = "ObjectEvent", **members: Any) -> dict[str, Any]:
    """Make an event so many hours into the first day."""
    at = (DAY + timedelta(hours=hour)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    whole = {"type": kind, "eventTime": at, "eventTimeZoneOffset": "+08:00", **members}
    return {"@context": CONTEXT, **whole}


def made(hour: float, *things: str, **members: Any) -> dict[str, Any]:
    listed: dict[str, Any] = {"action": "ADD", "bizStep": "commissioning", "epcList": list(things)}
    return happened(hour, **{**listed, **members})


def seen(hour: float, *things: str, step: str = "inspecting", **members: Any) -> dict[str, Any]:
    listed: dict[str, Any] = {"action": "OBSERVE", "bizStep": step, "epcList": list(things)}
    return happened(hour, **{**listed, **members})


def ended(hour: float, *things: str, step: str = "destroying") -> dict[str, Any]:
    return happened(hour, action="DELETE", bizStep=step, epcList=list(things))


def packed(hour: float, parent: str, *children: str, action: str = "ADD", **members: Any):
    listed = {"parentID": parent, "childEPCs": list(children), "action": action}
    return happened(hour, "AggregationEvent", **listed, **members)


def unpacked(hour: float, parent: str, *children: str):
    return packed(hour, parent, *children, action="DELETE")


def quantity(of: str, number: float, uom: str | None = "KGM") -> dict[str, Any]:
    return {"epcClass": of, "quantity": number, **({"uom": uom} if uom else {})}


def lots(
    hour: float, *quantities: dict[str, Any], action: str = "ADD", step: str = "commissioning"
):
    return happened(hour, action=action, bizStep=step, quantityList=list(quantities))


def transformed(hour: float, **members: Any) -> dict[str, Any]:
    return happened(hour, "TransformationEvent", **members)


def log(*events: dict[str, Any], by: UUID = MAKER) -> list[Known]:
    """Put events into the log in this order, received a day later."""
    received = int((DAY + timedelta(days=1)).timestamp() * 1000)
    return [
        Known(uuid4(), 10 + at, by, received, event.instant(one), one, event.names(one))
        for at, one in enumerate(events)
    ]


def past(one: Known, *others: Known) -> dict[str, History]:
    """Gather what others record of the things of one, as the archive does."""
    found = {name for known in (one, *others) for name in codes(known.names)}
    return {
        name: History([it for it in others if it is not one and name in codes(it.names)])
        for name in found
    }


def state(desk: Any, by: UUID, *stated: dict[str, Any], now: datetime = NOW) -> None:
    """Record events in one submission."""
    desk.submit(by, body(*stated), now=now)
