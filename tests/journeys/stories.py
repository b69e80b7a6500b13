"""Small stories that journeys tell: one appliance from commissioning to installation."""

import secrets
from datetime import UTC, datetime

from gateway import demo
from tests.world import World


def serial() -> str:
    return secrets.token_hex(5).upper()


def live(world: World, serials: list[str]) -> list[str]:
    """Send the life of these appliances and return the records' ids in order."""
    whos = {one.name: number for number, one in enumerate(demo.ENTERPRISES)}
    ids: list[str] = []
    for step in demo.life(serials, datetime.now(UTC)):
        said = world.submit(*step.items, who=whos[step.who.name])
        ids += [record["id"] for record in said["records"]]
    return ids


def seen(code_serial: str) -> dict[str, object]:
    """One single event about one appliance."""
    return {"event": demo.inspected(demo.epc(code_serial), datetime.now(UTC), 1)}
