"""Whole stories in events, for traces to be walked: a heater with its parts and its journey, and a catch of fish.

Told the way producers tell them: each party in a submission of its own, times in their own zones, and in the order in
which the parties happened to send, which is not the order in which it happened.
"""

from typing import Any

from indexer.core import code
from tests.gateway.making import event

GTIN, VALVE_GTIN = "06945000000015", "06945000000022"
HEATERS = [f"https://id.gs1.org/01/{GTIN}/21/H{n}" for n in range(1, 7)]
VALVES = [f"https://id.gs1.org/01/{VALVE_GTIN}/21/V{n}" for n in range(1, 8)]
VALVE_LOT = f"https://id.gs1.org/01/{VALVE_GTIN}/10/VL2611"
BRASS = "urn:example:lot:brass-7"
BURNER = "urn:example:lot:burner-3"
CASES = ["urn:epc:id:sscc:6945000.0000000001", "urn:epc:id:sscc:6945000.0000000002"]
PALLET = "urn:epc:id:sscc:6945000.0000000003"
TRUCK = "urn:example:truck:B12345"


def canonical(text: str) -> str:
    """Spell a code as answers do."""
    return code.canonical(code.read(text))


def told(kind: str, time: str, **members: Any) -> dict[str, Any]:
    """Tell one event of any type, without what an object event has."""
    made = event("", eventTime=time, **members)
    del made["epcList"], made["action"], made["bizStep"]
    return made | members | {"type": f"{kind}Event"}


def objects(time: str, step: str, *codes: str, action: str = "OBSERVE", **members: Any):
    return event("", eventTime=time, action=action, bizStep=step, epcList=list(codes), **members)


def packed(time: str, parent: str, *children: str, action: str = "ADD", **members: Any):
    listed = {"childEPCs": list(children)} if children else {}
    step = "packing" if action == "ADD" else "unpacking"
    return told(
        "Aggregation", time, action=action, bizStep=step, parentID=parent, **listed, **members
    )


def fitted(time: str, parent: str, *children: str, action: str = "ADD", step: str = "assembling"):
    return told(
        "Association", time, action=action, bizStep=step, parentID=parent, childEPCs=list(children)
    )


def made(time: str, step: str, inputs: list[str], outputs: list[str], **members: Any):
    return told(
        "Transformation",
        time,
        bizStep=step,
        inputQuantityList=[{"epcClass": one} for one in inputs],
        outputQuantityList=[{"epcClass": one} for one in outputs],
        **members,
    )


def place(number: int) -> dict[str, Any]:
    return {"bizLocation": {"id": f"https://id.gs1.org/414/6945000000039/254/{number}"}}


def supplier() -> list[dict[str, Any]]:
    """Brass becomes a lot of valves, and the lot becomes six valves; a seventh is of another lot."""
    return [
        objects("2026-10-03T09:00:00+08:00", "inspecting", *VALVES[:2]),
        objects(
            "2026-10-02T09:00:00+08:00",
            "commissioning",
            *VALVES[:6],
            action="ADD",
            ilmd={"cbvmda:lotNumber": "VL2611"},
        ),
        objects(
            "2026-11-02T09:00:00+08:00",
            "commissioning",
            VALVES[6],
            action="ADD",
            ilmd={"cbvmda:lotNumber": "VL2612"},
        ),
        made("2026-10-01T09:00:00+08:00", "commissioning", [BRASS], [VALVE_LOT]),
    ]


def maker() -> list[dict[str, Any]]:
    """Six heaters, each with a valve of the lot and the burner of another; all but one are packed and shipped."""
    return [
        packed("2026-11-05T10:00:00+08:00", PALLET, *CASES),
        packed("2026-11-04T10:00:00+08:00", CASES[0], *HEATERS[:3]),
        packed("2026-11-04T11:00:00+08:00", CASES[1], *HEATERS[3:5]),
        *(
            fitted(f"2026-11-0{1 + n % 3}T09:00:00+08:00", heater, valve)
            for n, (heater, valve) in enumerate(zip(HEATERS, VALVES, strict=False))
        ),
        told(
            "Transformation",
            "2026-10-30T09:00:00+08:00",
            bizStep="assembling",
            inputQuantityList=[{"epcClass": BURNER}],
            outputEPCList=HEATERS,
        ),
        objects("2026-11-01T08:00:00+08:00", "inspecting", *HEATERS, **place(1)),
    ]


def carrier() -> list[dict[str, Any]]:
    """The pallet travels on a truck and is unpacked; a later pallet of the same code is none of ours."""
    return [
        objects("2026-11-06T08:00:00+08:00", "shipping", PALLET, **place(1)),
        packed("2026-11-06T07:00:00+08:00", TRUCK, PALLET),
        packed("2026-11-08T07:00:00+08:00", TRUCK, action="DELETE"),
        objects("2026-11-08T08:00:00+08:00", "receiving", PALLET, **place(2)),
        packed("2026-11-09T07:00:00+08:00", PALLET, action="DELETE"),
        objects("2026-11-20T08:00:00+08:00", "shipping", PALLET, **place(2)),
        packed("2026-11-10T07:00:00+08:00", CASES[0], HEATERS[0], action="DELETE"),
    ]


def fitter() -> list[dict[str, Any]]:
    """One heater is installed, and its valve is replaced by that of another lot."""
    return [
        objects("2026-11-12T15:00:00+08:00", "installing", HEATERS[0], **place(3)),
        fitted(
            "2026-11-18T15:00:00+08:00", HEATERS[0], VALVES[0], action="DELETE", step="removing"
        ),
        fitted("2026-11-18T15:30:00+08:00", HEATERS[0], VALVES[6], step="replacing"),
    ]


FEED, FRY = "urn:example:lot:feed.2511", "urn:example:lot:fry.2512"
FARMED, CAUGHT = "urn:example:lot:farmed.0119", "urn:example:lot:caught.0122"
MIXED, TINNED = "urn:example:lot:mixed.0123", "urn:example:lot:tinned.0128"
BOX, LOAD = "urn:example:box:4", "urn:example:load:5"


def fish() -> list[list[dict[str, Any]]]:
    """A farm's and a fisherman's lots, mixed, tinned, boxed and carried; five parties, the last one first."""

    def lot(time: str, step: str, code: str, action: str = "OBSERVE", **members: Any):
        return told(
            "Object",
            time,
            action=action,
            bizStep=step,
            quantityList=[{"epcClass": code}],
            **members,
        )

    return [
        [
            packed("2022-02-04T11:12:25.7910000+00:00", BOX, action="DELETE")
            | {"childQuantityList": [{"epcClass": TINNED}]},
            packed("2022-02-04T11:12:25.7910000+00:00", LOAD, action="DELETE"),
            objects("2022-02-03T11:12:14.9210000+00:00", "receiving", LOAD),
        ],
        [
            objects("2022-01-29T11:12:04.4880000+00:00", "shipping", LOAD),
            packed("2022-01-28T12:11:25.7520000+00:00", LOAD, BOX),
            packed("2022-01-28T11:11:25.7520000+00:00", BOX)
            | {"childQuantityList": [{"epcClass": TINNED}]},
            made("2022-01-28T08:00:00.0000000+00:00", "commissioning", [MIXED], [TINNED],
                 transformationID="urn:example:transformation:17-24"),
            made("2022-01-23T11:10:47.2850000+00:00", "urn:example:step:mixing", [FARMED, CAUGHT], [MIXED]),
            lot("2022-01-23T08:30:00.0000000+00:00", "receiving", CAUGHT),
            lot("2022-01-21T11:10:18.0370000+00:00", "receiving", FARMED),
        ],
        [
            lot("2022-01-22T10:58:15.1540000+00:00", "urn:example:step:transshipment", CAUGHT),
            lot("2022-01-22T10:57:24.1560000+00:00", "urn:example:step:fishing", CAUGHT, "ADD"),
        ],
        [
            lot("2022-01-20T11:10:14.0250000+00:00", "shipping", FARMED),
            made("2022-01-19T11:09:54.5490000+00:00", "urn:example:step:harvest", [FEED, FRY], [FARMED]),
        ],
        [
            lot("2021-12-02T11:09:40.7930000+00:00", "shipping", FRY),
            lot("2021-12-01T11:09:40.7930000+00:00", "urn:example:step:hatching", FRY, "ADD"),
            lot("2021-02-03T11:10:00.0000000+00:00", "commissioning", FEED, "ADD"),
        ],
    ]  # fmt: skip
