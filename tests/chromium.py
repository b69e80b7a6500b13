"""A real browser for the tests: Debian's Chromium, quiet towards the network, with names that are no secure context."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # 127.0.0.1 is a secure context and would hide a dependency on crypto.subtle; these names are none.
    "--host-resolver-rules=MAP shop.example 127.0.0.1, MAP regulator.example 127.0.0.1",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser, and end it."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()
