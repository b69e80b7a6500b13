"""How long a phone's browser computes over thirty records: a measurement for the bench."""

import statistics
import time
from collections.abc import Callable

import httpx

from gateway import demo, up
from tests.chromium import chromium

RECORDS = 30
LOADS = 7


def measure(
    where: up.Addresses, api_key: str, settle: Callable[[], None], make: Callable[[str], bytes]
) -> dict[str, float]:
    """Record thirty submissions about one appliance, load its page some times, take the page's own clock."""
    serial = "PHONE30"
    headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}
    for _ in range(RECORDS):
        url = f"{where.gateway}/api/v1/submissions"
        httpx.post(url, content=make(demo.epc(serial)), headers=headers).raise_for_status()
    settle()
    took, walls = [], []
    with chromium() as browser:
        for _ in range(LOADS):
            page = browser.new_page()
            begin = time.perf_counter()
            page.goto(f"{where.gateway}/01/{demo.GTIN}/21/{serial}")
            page.wait_for_selector("main[data-stage=done]", timeout=60_000)
            walls.append(1000 * (time.perf_counter() - begin))
            main = page.locator("main")
            assert main.get_attribute("data-verdict") == "VERIFIED"
            took.append(float(main.get_attribute("data-elapsed-ms") or "nan"))
            page.close()
    return {
        f"browser: {RECORDS} records checked, median ms": statistics.median(took),
        f"browser: {RECORDS} records checked, slowest ms": max(took),
        "browser: from address to verdict, median ms": statistics.median(walls),
    }
