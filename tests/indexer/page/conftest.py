from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page

from tests.chromium import chromium
from tests.indexer.page.scene import CODE, Scene
from tests.indexer.page.site import Site, open_site

WRITTEN = '<ol class="history"><li data-record="x">服务器写的一条记录</li></ol><p data-suyuan-keep>备案号</p>'


# A module long and no longer: while it lives, Playwright keeps an event loop running in this thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site() as site:
        yield site


@dataclass
class Phone:
    """A reader's browser before two sites; at the end it must not have met an error in our code."""

    browser: Browser
    site: Site
    failures: list[str] = field(default_factory=list)

    def show(self, scene: Scene, code: str = CODE, query: str = "", **attributes: str) -> Page:
        """Open the shop's page of a product and wait for what comes of it."""
        self.serve(scene)
        wanted = {
            "code": code,
            "bundle": "/bundle.json",
            "trust": self.site.regulator + "/trust.json",
            "lang": "zh",
        }
        self.site.page("/product", wanted | attributes, WRITTEN)
        return self.open(self.site.shop + "/product" + query)

    def serve(self, scene: Scene) -> None:
        self.site.node = scene.answer
        self.site.json("/bundle.json", scene.bundle.to_json())
        self.site.json("/trust.json", scene.trust(self.site.regulator).to_json())

    def open(self, url: str, *, script: bool = True) -> Page:
        context = self.browser.new_context(
            viewport={"width": 360, "height": 740},
            timezone_id="Asia/Shanghai",
            java_script_enabled=script,
        )
        page = context.new_page()
        page.on("pageerror", lambda error: self.failures.append(str(error)))
        page.on(
            "console",
            lambda said: (
                self.failures.append(said.text) if "Security Policy" in said.text else None
            ),
        )
        page.goto(url)
        if script:
            self.settle(page)
        return page

    @staticmethod
    def settle(page: Page) -> None:
        page.wait_for_selector("main[data-stage]:not([data-stage=checking])")


@pytest.fixture
def phone(browser: Browser, site: Site) -> Iterator[Phone]:
    phone = Phone(browser, site)
    yield phone
    for context in browser.contexts:
        context.close()
    assert phone.failures == []
