"""A recall on the real chain: a lot's story is drawn, and the phone colours each line by what it proved itself."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from indexer.core.verdict import State
from tests.chromium import chromium
from tests.gateway import tales
from tests.journeys.test_browser import settled
from tests.world import World

TALES = [(tales.maker, 0), (tales.carrier, 1), (tales.fitter, 1), (tales.supplier, 0)]


@pytest.fixture(scope="module")
def told(shared: World) -> World:
    for tale, who in TALES:
        shared.submit(*({"event": one} for one in tale()), who=who)
    shared.settle()
    return shared


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("console", lambda said: failures.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert failures == []


def at(world: World, path: str) -> str:
    return f"http://shop.example:{world.where.gateway_port}{path}"


def test_the_story_of_a_lot_is_verified_line_by_line(phone: Page, told: World):
    phone.goto(at(told, f"/trace/01/{tales.VALVE_GTIN}/10/VL2611?direction=forward"))
    assert settled(phone) == "VERIFIED"
    lines = phone.locator(".canvas.upright .arrow")
    assert lines.count() > 10
    states = {lines.nth(n).get_attribute("data-state") for n in range(lines.count())}
    assert states == {"VERIFIED"}
    assert phone.locator("main table").count() == 2
    assert "已取出" in phone.inner_text("main")
    assert phone.locator(".canvas.lying").is_visible() is False


def test_a_heater_shows_where_it_comes_from_beside_its_verdict(phone: Page, told: World):
    phone.goto(at(told, f"/01/{tales.GTIN}/21/H1"))
    assert settled(phone) == "VERIFIED"
    text = phone.inner_text("main")
    for said in ("从哪里来", "装上 V7", "拆下 V1", "关于 V1", "发货"):
        assert said in text, said
    phone.locator(".origins a.wide").click()
    assert settled(phone) == "VERIFIED"
    assert "/trace/" in phone.url


def test_the_page_turns_its_language_in_place(phone: Page, told: World):
    phone.goto(at(told, f"/trace/01/{tales.GTIN}/21/H2"))
    settled(phone)
    phone.locator("[data-suyuan-lang]").click()
    assert "Every step" in phone.inner_text("main")


def test_without_a_script_it_reads_the_same(browser: Browser, told: World):
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(at(told, f"/trace/01/{tales.GTIN}/21/H1"))
    text = page.inner_text("body")
    for said in ("尚未核验", "全程", "每一步", "装配到", "下载证明文件"):
        assert said in text, said
    assert page.locator(".canvas.lying svg").is_visible()
    context.close()


def test_the_node_agrees_with_the_phone(told: World):
    assert told.scan(tales.VALVE_LOT).state is State.VERIFIED
    assert told.scan(tales.HEATERS[2]).state is State.VERIFIED
