"""A consumer's phone over the whole of it: the page proves by itself, and says so when it cannot."""

from collections.abc import Iterator

import httpx
import msgspec
import pytest
from playwright.sync_api import Browser, Page

from gateway import demo
from gateway.up import ready
from tests.chromium import chromium
from tests.journeys import stories
from tests.world import World


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    page = context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    yield page
    context.close()
    assert failures == []


@pytest.fixture(scope="module")
def serials(shared: World) -> list[str]:
    made = [stories.serial() for _ in range(3)]
    stories.live(shared, made)
    shared.settle()
    return made


def scan(phone: Page, world: World, serial: str, query: str = "") -> str:
    """Open the product's page by a name that is no secure context and wait for the verdict."""
    phone.goto(f"http://shop.example:{world.where.gateway_port}/01/{demo.GTIN}/21/{serial}{query}")
    assert phone.evaluate("window.isSecureContext") is False
    return settled(phone)


def settled(phone: Page) -> str:
    main = phone.locator("main[data-suyuan-page]")
    phone.wait_for_selector("main[data-stage=done], main[data-stage=trouble]", timeout=30_000)
    return str(main.get_attribute("data-verdict"))


def test_a_whole_history_is_verified_on_the_phone(phone: Page, shared: World, serials: list[str]):
    assert scan(phone, shared, serials[0]) == "VERIFIED"
    text = phone.inner_text("body")
    for shown in (
        "已核验",
        "演示监管节点",
        "禅溪 16 升平衡式燃气热水器",
        "400-000-0694",
        demo.MAKER.name,
    ):
        assert shown in text
    for shown in ("生产赋码", "检验", "发货", "收货", "销售", "安装", "29.6", "平台代"):
        assert shown in text
    assert phone.locator("li[data-record][data-state=VERIFIED]").count() == 9
    assert "不能说明" in text, "what is not proven is said too"


def test_each_step_shows_when_unfolded(phone: Page, shared: World, serials: list[str]):
    scan(phone, shared, serials[0])
    record = phone.locator("li[data-record]").nth(1)
    record.locator("summary").first.click()
    steps = record.locator("li[data-step]")
    assert {steps.nth(n).get_attribute("data-step") for n in range(steps.count())} == {
        "content", "code", "signature", "inclusion", "key",
    }  # fmt: skip
    assert steps.first.is_visible()


def test_english_is_complete(phone: Page, shared: World, serials: list[str]):
    assert scan(phone, shared, serials[0], "?lang=en") == "VERIFIED"
    text = phone.inner_text("main")
    assert "已核验" not in text
    assert "Foshan Chanxi" in text


def test_the_regulators_own_page_comes_to_the_same(phone: Page, shared: World, serials: list[str]):
    code = demo.epc(serials[0])
    bundle = f"http://shop.example:{shared.where.gateway_port}/01/{demo.GTIN}/21/{serials[0]}?format=bundle"
    phone.goto(
        f"http://regulator.example:{shared.where.node_port}/verify?code={code}&bundle="
        + bundle.replace("?", "%3F").replace("=", "%3D")
    )
    assert settled(phone) == "VERIFIED"


def test_nobody_recorded_it(phone: Page, shared: World, serials: list[str]):
    """The product is known, this serial number is not: nothing about the product vouches for it."""
    path = f"/01/{demo.GTIN}/21/NOSUCHSERIAL"
    answer = phone.goto(f"http://shop.example:{shared.where.gateway_port}{path}")
    assert answer is not None
    assert answer.status == httpx.codes.NOT_FOUND
    assert "查无此品" in phone.inner_text("body")
    assert "已核验" not in phone.inner_text("body")


def test_tampering_shows_on_the_phone(phone: Page, shared: World, serials: list[str]):
    _, altered, deleted = serials
    world = shared
    changed = next(
        one["id"]
        for one in msgspec.json.decode(world.bundle(demo.epc(altered)))["records"]
        if one["content"]["body"].get("bizStep") == "inspecting"
    )
    gone = msgspec.json.decode(world.bundle(demo.epc(deleted)))["records"][-1]["id"]
    kept = world.ask("select * from ledger.record where id in (%s, %s)", changed, gone)
    try:
        world.tamper(
            "update ledger.record set content ="
            " convert_to(replace(convert_from(content, 'UTF8'), '91.5', '95.5'), 'UTF8') where id = %s",
            changed,
        )
        world.tamper("delete from ledger.record where id = %s", gone)
        assert scan(phone, world, altered) == "ALTERED"
        assert phone.locator(f"li[data-record='{changed}'][data-state=ALTERED]").count() == 1
        assert "已核验" not in phone.inner_text("[data-part=verdict]")
        assert scan(phone, world, deleted) == "MISSING"
        assert gone in phone.content()
    finally:
        world.tamper("delete from ledger.record where id = %s", changed)
        for row in kept:
            world.tamper("insert into ledger.record values (%s, %s, %s, %s, %s, %s)", *row)
    assert scan(phone, world, altered) == "VERIFIED"


def test_without_the_second_party_nothing_is_verified(
    phone: Page, shared: World, serials: list[str]
):
    node = shared.process("node")
    node.stop()
    try:
        assert scan(phone, shared, serials[0]) == "UNCHECKED"
        assert "已核验" not in phone.inner_text("body")
    finally:
        node.start()
        ready(node, f"{shared.where.node}/healthz")
