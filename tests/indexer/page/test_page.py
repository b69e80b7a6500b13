"""The page as a consumer meets it: in a real browser, on plain http, under names that are no secure context."""

import json
import re

import pytest

from contracts.node import ROOT
from gateway import demo
from indexer.core.bundle import Missing
from tests.indexer.page.scene import CODE, OPERATOR, REGULATOR, life


def altered():
    scene = life()
    scene.records[2].content["body"]["suyuan:conclusion"] = "不合格"
    return scene


def gap():
    scene = life()
    lost = scene.records.pop(5)
    scene.gone = [Missing(lost.id, lost.index)]
    return scene


def shown(page, part):
    return page.inner_text(f'[data-part="{part}"]')


def verdict(page):
    return page.get_attribute("main", "data-verdict")


STATES = {
    "VERIFIED": (life, CODE, "这个产品的 9 条记录，登记以后没有被改动过。"),
    "PENDING": (lambda: life(anchored=False), CODE, "有 1 条新记录正在等待写入区块链"),
    "UNKNOWN": (life, demo.epc("ANOTHER"), "有 8 条记录说的不是您查询的这个产品"),
    "MISSING": (gap, CODE, "有 1 条登记过的记录，现在找不到了"),
    "ALTERED": (altered, CODE, "有 1 条记录与当初登记的不一致"),
}


@pytest.mark.parametrize("state", STATES)
def test_the_answer_is_one_plain_sentence(phone, state):
    make, code, sentence = STATES[state]
    page = phone.show(make(), code)
    assert verdict(page) == state
    assert sentence in shown(page, "verdict")
    assert page.get_attribute('[data-part="verdict"]', "data-state") == state
    assert "不能说明：记录的内容是否属实" in shown(page, "verdict")
    assert page.locator('[data-part="verdict"] .sy-seal svg').count() == 1
    assert not page.evaluate("isSecureContext || Boolean(crypto.subtle)")


def test_what_was_amended_says_by_whom_and_why_and_still_proves(phone):
    page = phone.show(life(amended=True))
    assert verdict(page) == "VERIFIED"
    assert "其中 3 条记录后来被更正、撤回或删除了保密内容" in shown(page, "notices")
    told = page.locator("p.sy-notice")
    assert [told.nth(n).get_attribute("data-notice") for n in range(told.count())] == [
        "ERASED",
        "AMENDED",
        "WITHDRAWN",
    ]
    assert f"由“{demo.MAKER.name}”依法删除，依据：本人撤回同意" in told.nth(0).inner_text()
    assert f"“{demo.SHOP.name}”后来更正了这条记录" in told.nth(1).inner_text()
    assert "理由：事件并未发生" in told.nth(2).inner_text()
    history = shown(page, "history")
    assert "销售（更正后）" in history
    assert "无权更正者的更正，不作数" in history
    assert page.locator("li[data-superseded]").count() == 2
    assert page.locator("[data-step=approval][data-state=VERIFIED]").count() == 3


def test_a_correction_without_the_operators_consent_is_no_correction(phone):
    scene = life(amended=True)
    (withdrawal,) = (one for one in scene.records if one.content["kind"] == 4)
    withdrawal.approval = scene.world.approve(bytes(32), private=b"\7" * 32)
    page = phone.show(scene)
    assert verdict(page) == "ALTERED"
    assert page.locator("p.sy-notice[data-notice=WITHDRAWN]").count() == 0


def test_a_verified_history_names_who_when_and_what(phone):
    page = phone.show(life())
    assert f"“{REGULATOR}”的节点确认" in shown(page, "verdict")
    history = shown(page, "history")
    for words in (
        "生产赋码",
        "检验",
        "发货",
        "收货",
        "销售",
        "安装",
        "2026-10-11 14:30 (UTC+08:00)",
    ):
        assert words in history
    assert f"平台代“{demo.MAKER.name}”签名" in history
    assert f"“{demo.SHOP.name}”用自己的密钥签名" in history
    assert re.search(r"额定热负荷\s+29\.6 kW", history)
    assert page.locator("li[data-record][data-state=VERIFIED]").count() == 9
    product = shown(page, "product")
    for words in (
        "禅溪 16 升平衡式燃气热水器",
        "JSG30-16X",
        "12T",
        "30 kW",
        "GB 6932",
        "8 年",
        "CX26110001",
    ):
        assert words in product
    assert re.search(r"可安全使用至\s+2034-11-18（自 2026-11-18 售出起 8 年，企业声明）", product)
    assert page.get_attribute('a[href^="tel:"]', "href") == "tel:400-000-0694".replace("-", "")


def test_every_step_unfolds_with_its_facts(phone):
    scene = life()
    page = phone.show(scene)
    item = page.locator("li[data-record]").nth(2)
    item.locator("summary").first.click()
    steps = item.locator("li[data-step]")
    names = [steps.nth(n).get_attribute("data-step") for n in range(steps.count())]
    assert names == ["content", "code", "signature", "inclusion", "key"]
    for n in range(5):
        steps.nth(n).locator("summary").click()
    said = item.inner_text()
    index = scene.records[2].index
    for words in (
        f"在日志中的位置\n{index}",
        "路径长度",
        "记录摘要",
        demo.MAKER.name,
        "密钥由平台代管\n是",
    ):
        assert words in said
    page.locator('[data-part="verdict"] summary').first.click()
    for summary in page.locator('[data-part="verdict"] li summary').all():
        summary.click()
    anchor = scene.world.anchors[-1]
    said = shown(page, "verdict")
    for words in (anchor.root.hex(), anchor.transaction.hex(), anchor.block.hash.hex()):
        assert words in said


def test_only_what_was_proven_stays(phone):
    page = phone.show(life())
    assert "服务器写的" not in page.inner_text("main")
    assert "备案号" in page.inner_text("main")


def test_an_altered_record_is_no_part_of_the_story(phone):
    page = phone.show(altered())
    item = page.locator("li[data-record][data-state=ALTERED]")
    assert item.count() == 1
    assert "这条记录已被改动" in item.inner_text()
    assert "不合格" not in page.inner_text("main")
    assert item.locator("[data-reason=ROOT_DIFFERS]").count() == 2
    item.locator("summary", has_text="不可信").click()
    assert "不合格" in item.inner_text()
    assert page.locator("li[data-record][data-state=VERIFIED]").count() == 8


def test_altered_product_data_is_not_shown(phone):
    scene = life()
    scene.records[0].content["body"]["servicePhone"] = "400-666-6666"
    page = phone.show(scene)
    assert verdict(page) == "ALTERED"
    assert "产品资料没有通过核验" in shown(page, "product")
    assert page.locator('a[href^="tel:"]').count() == 0
    assert "JSG30" not in page.inner_text("main")


def test_a_missing_record_stands_where_it_was(phone):
    page = phone.show(gap())
    states = [one.get_attribute("data-state") for one in page.locator("li[data-record]").all()]
    assert states == ["VERIFIED"] * 5 + ["MISSING"] + ["VERIFIED"] * 3


def test_without_a_second_party_nothing_is_called_verified(phone):
    scene = life()
    phone.serve(scene)
    phone.site.page(
        "/product",
        {"code": CODE, "bundle": "/bundle.json", "trust": phone.site.regulator + "/trust.json"},
    )
    phone.site.node = None
    page = phone.open(phone.site.shop + "/product")
    assert verdict(page) == "UNCHECKED"
    assert "只有平台自己的说法" in shown(page, "verdict")
    assert page.locator("li[data-record][data-state=VERIFIED]").count() == 0
    assert demo.MAKER.name not in shown(page, "history")


def test_the_operators_own_node_is_no_second_party(phone):
    scene = life()
    scene.party = OPERATOR
    page = phone.show(scene)
    assert verdict(page) == "UNCHECKED"
    page.locator('[data-part="verdict"] summary').first.click()
    assert "只有平台自己的节点应答" in shown(page, "verdict")


def test_a_node_that_denies_the_anchor_is_believed(phone):
    scene = life()
    honest = scene.answer
    phone.serve(scene)
    phone.site.page(
        "/product",
        {"code": CODE, "bundle": "/bundle.json", "trust": phone.site.regulator + "/trust.json"},
    )
    phone.site.node = lambda method, params: (
        None if method == "eth_getTransactionReceipt" else honest(method, params)
    )
    page = phone.open(phone.site.shop + "/product")
    assert verdict(page) == "ALTERED"
    assert "这份证明与区块链上的登记不一致" in shown(page, "verdict")
    assert page.locator("li[data-record][data-state=UNCHECKED]").count() == 9


def test_trust_that_cannot_be_had_is_no_verdict(phone):
    page = phone.show(life(), trust="http://regulator.example:9/trust.json")
    assert (page.get_attribute("main", "data-stage"), verdict(page)) == ("trouble", "UNCHECKED")
    assert "取不到第二方的信任设置" in shown(page, "verdict")
    assert "服务器写的一条记录" in page.inner_text("main")
    assert "已核验" not in page.inner_text("main")


@pytest.mark.parametrize(("make", "state"), [(life, "UNCHECKED"), (altered, "ALTERED")])
def test_a_copy_of_the_trust_finds_alterations_and_confirms_nothing(phone, make, state):
    page = phone.show(
        make(), trust="http://regulator.example:9/", **{"trust-fallback": "/trust.json"}
    )
    assert verdict(page) == state
    assert page.locator("li[data-record][data-state=VERIFIED]").count() == 0


@pytest.mark.parametrize(
    ("body", "sentence"),
    [(b'{"format":"suyuan/bundle/v9"}', "证明的格式不对"), (b"not json", "证明的格式不对")],
)
def test_a_bundle_that_is_none_is_said_to_be_none(phone, body, sentence):
    phone.serve(life())
    phone.site.json("/bad.json", body)
    phone.site.page("/product", {"code": CODE, "bundle": "/bad.json", "trust": "/trust.json"})
    page = phone.open(phone.site.shop + "/product")
    assert sentence in shown(page, "verdict")


def test_trying_again_checks_again(phone):
    phone.serve(life())
    phone.site.page("/product", {"code": CODE, "bundle": "/late.json", "trust": "/trust.json"})
    page = phone.open(phone.site.shop + "/product")
    assert page.get_attribute("main", "data-stage") == "trouble"
    phone.site.served["/late.json"] = phone.site.served["/bundle.json"]
    page.click("text=重试")
    page.wait_for_selector("main[data-stage=done]")
    assert verdict(page) == "VERIFIED"


def test_hostile_content_stays_text(phone):
    scene = life()
    hostile = "<img src=x onerror=document.title=1><script>document.title=2"
    for record in scene.records:
        record.content["body"]["bizStep"] = hostile
        record.content["body"]["suyuan:" + hostile] = hostile
    page = phone.show(scene, query="?lang=" + hostile)
    for summary in page.locator("summary").all():
        summary.evaluate("summary => summary.parentElement.open = true")
    assert hostile in page.inner_text("main")
    assert page.locator("main img, main script").count() == 0
    assert page.title() == "产品溯源"


ODD = (
    "content without kind",
    "content of kind None",
    "content without body",
    "content with a member too many",
    "a disclosure that is none",
    "an event that names a code which is none",
    "a record of a later kind is skipped",
    "a correction of a correction",
    "all records are gone",
    "all at once",
)


@pytest.mark.parametrize("name", ODD)
def test_whatever_is_judged_can_be_drawn(phone, name):
    cases = json.loads((ROOT / "indexer/core/vectors/proof.v1.json").read_text())["cases"]
    (case,) = (one for one in cases if one["name"] == name)
    phone.site.json("/bundle.json", json.dumps(case["bundle"]).encode())
    phone.site.json("/trust.json", json.dumps(case["trust"] | {"rpc": []}).encode())
    phone.site.page(
        "/product", {"code": case["code"], "bundle": "/bundle.json", "trust": "/trust.json"}
    )
    for language in ("zh", "en"):
        page = phone.open(f"{phone.site.shop}/product?lang={language}")
        assert page.get_attribute("main", "data-stage") == "done"
        drawn = {one.get_attribute("data-record") for one in page.locator("li[data-record]").all()}
        judged = case["verdict"]["records"] + case["verdict"]["missing"]
        assert drawn == {one["id"] for one in judged}
        assert "undefined" not in page.inner_text("main")


def test_hostile_names_stay_text(phone):
    scene = life()
    scene.called = "<b>甲</b>"
    page = phone.show(scene)
    assert "平台代“<b>甲</b>”签名" in shown(page, "history")
    assert page.locator("main b").count() == 0


def test_the_language_turns_without_loading(phone):
    page = phone.show(life())
    phone.site.asked.clear()
    page.click("text=English")
    assert "The 9 records of this product are unchanged" in shown(page, "verdict")
    assert page.get_attribute("html", "lang") == "en"
    assert "Gas water heater" in shown(page, "product")
    assert "lang=en" in page.url
    page.click("text=中文")
    assert "登记以后没有被改动过" in shown(page, "verdict")
    assert set(phone.site.asked) <= {
        "/favicon.ico"
    }  # the browser's own doing when an address changes


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("state", STATES)
def test_nothing_is_wider_than_a_small_phone(phone, state, language):
    make, code, _ = STATES[state]
    page = phone.show(make(), code, query=f"?lang={language}")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_without_script_it_says_what_checking_needs(phone):
    phone.show(life())
    page = phone.open(phone.site.shop + "/product", script=False)
    assert "suyuan-node verify" in page.inner_text("noscript")
    assert "服务器写的一条记录" in page.inner_text("main")


def test_it_leads_to_the_second_partys_page(phone):
    scene = life()
    phone.site.page("/verify", {"trust": "/trust.json"})
    page = phone.show(scene, verifier=phone.site.regulator + "/verify")
    page.click("text=到第二方的页面上核验")
    page.wait_for_selector("main[data-stage=done]")
    assert page.url.startswith(phone.site.regulator + "/verify?")
    assert verdict(page) == "VERIFIED"
    assert page.locator("li[data-record]").count() == 9


def test_the_form_checks_a_file(phone):
    phone.serve(life())
    phone.site.page("/verify", {"trust": "/trust.json"})
    page = phone.open(phone.site.regulator + "/verify")
    page.click("text=开始核验")
    assert "请先填写产品码" in shown(page, "form")
    page.fill("#sy-code", f"(01){demo.GTIN}(21)CX26110001")
    page.click("text=开始核验")
    assert "请填写证明的网址" in shown(page, "form")
    _, body = phone.site.served["/bundle.json"]
    page.set_input_files(
        "#sy-file", {"name": "b.json", "mimeType": "application/json", "buffer": body}
    )
    page.click("text=开始核验")
    page.wait_for_selector("main[data-stage=done]")
    assert verdict(page) == "VERIFIED"
    page.click("text=核验另一份")
    assert page.get_attribute("main", "data-stage") == "form"
    assert verdict(page) == ""


def test_the_form_fetches_only_from_the_web(phone):
    phone.serve(life())
    phone.site.page("/verify", {"trust": "/trust.json"})
    page = phone.open(
        phone.site.regulator + "/verify?code=6901234567892&bundle=javascript:alert(1)"
    )
    assert page.get_attribute("main", "data-stage") == "form"
    page.click("text=开始核验")
    assert "必须以 http:// 或 https:// 开头" in shown(page, "form")
    page.fill("#sy-bundle", phone.site.shop + "/bundle.json")
    page.fill("#sy-code", CODE)
    page.click("text=开始核验")
    page.wait_for_selector("main[data-stage=done]")
    assert verdict(page) == "VERIFIED"


def test_a_code_that_is_none_is_not_checked(phone):
    page = phone.show(life(), code="69012345678")
    assert "这不是我们认识的产品码" in shown(page, "verdict")


def test_it_reports_how_long_checking_took(phone):
    scene = life(units=8)
    assert len(scene.records) > 30
    page = phone.show(scene, code=CODE)
    assert float(page.get_attribute("main", "data-elapsed-ms")) > 0
    assert json.loads(scene.bundle.to_json())["records"][30]["id"] in page.content()
