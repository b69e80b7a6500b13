"""The trace's page reads without JavaScript, in both languages, for any spelling of a code."""

import re
from urllib.parse import quote

import pytest

from indexer.core.verdict import State
from tests.gateway import tales
from tests.gateway.making import event
from tests.gateway.tales import canonical
from tests.gateway.test_tracer import told
from tests.gateway.web.serving import epc

HEATER = f"/trace/01/{tales.GTIN}/21/H1"


@pytest.fixture
def page(site):
    told(site)

    def get(path, **headers):
        return site.http.get(path, headers={"Accept": "text/html", **headers})

    return get


@pytest.mark.parametrize(
    "spelt",
    [
        f"01/{tales.GTIN}/21/H1",
        f"(01){tales.GTIN}(21)H1",
        quote(tales.HEATERS[0], safe=""),
        tales.HEATERS[0],
        "q/" + quote("urn:epc:id:sgtin:6945000.000001.H1", safe=""),
        "urn:epc:id:sgtin:6945000.000001.H1",
    ],
)
def test_every_spelling_opens_the_same_page(page, spelt):
    answer = page(f"/trace/{spelt}")
    assert answer.status_code == 200
    assert f'data-code="{canonical(tales.HEATERS[0])}"' in answer.text


def test_a_slash_in_a_serial_number_stays_one(site):
    site.send(site.member(), event("A%2FB"))
    answer = site.http.get(f"/trace/01/{tales.GTIN}/21/A%2FB", headers={"Accept": "text/html"})
    assert f'data-code="{epc("A/B")}"' in answer.text


def test_it_draws_what_it_tells_in_the_table(page):
    text = page(HEATER).text
    for said in ("溯源图", "VL2611", "brass-7", "burner-3", "组装", "2026-11-18", "装配到", "证明"):
        assert said in text, said
    assert text.count("<svg") >= 3  # the seal, lying, upright
    proofs = re.findall(r'href="(/api/v1/records/[^"]+/proof)"', text)
    assert len(set(proofs)) > 8
    assert 'href="/01/06945000000022/21/V1"' in text


def test_nothing_inline_stands_on_it(page):
    answer = page(HEATER)
    assert "style=" not in answer.text
    assert "<style" not in answer.text
    assert re.findall(r"<script(?![^>]*src=)", answer.text) == []
    assert "'unsafe" not in answer.headers["content-security-policy"]


def test_english_is_whole(page):
    text = page(HEATER + "?lang=en").text
    for said in ("Trace", "Where from", "Every step", "built into", "Assembled", "taken out again"):
        assert said in text, said
    left = re.sub(r'data-zh="[^"]*"|（|）', "", text)
    words = set(re.findall(r"[\u4e00-\u9fff]+", left)) - {"中文"}
    assert words == set(), words


def test_a_recall_is_on_it_with_its_table(page):
    text = page(f"/trace/01/{tales.VALVE_GTIN}/10/VL2611").text
    assert "去向清单" in text
    assert "only=items&amp;format=csv" in text
    assert "已取出" in text
    assert "去向清单" not in page(f"/trace/01/{tales.VALVE_GTIN}/10/VL2611?direction=back").text
    assert "去向清单" not in page(HEATER).text


def test_the_page_names_the_bundle_that_proves_it(site, page):
    text = page(HEATER + "?direction=back").text
    bundle = re.findall(r'data-bundle="([^"]+)"', text)[0].replace("&amp;", "&")
    answer = site.http.get(bundle)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert site.check(answer.content, tales.HEATERS[0]).state is State.VERIFIED
    marked = re.findall(r'data-records="([^"]+)"', text)[0].split()
    assert all(one in answer.text for one in marked)


def test_an_unknown_code_is_a_page_that_says_so(page):
    answer = page(f"/trace/01/{tales.GTIN}/21/NONE")
    assert answer.status_code == 404
    assert "没有找到" in answer.text
    assert "verify.js" not in answer.text
    assert page("/trace/hello").status_code == 422
    assert page(HEATER + "?direction=up").status_code == 422


def test_a_product_page_tells_where_it_comes_from_and_leads_here(page):
    text = page(f"/01/{tales.GTIN}/21/H1").text
    for said in (
        "从哪里来",
        "装上 V7",
        "拆下 V1",
        "装入 069450…0000015",
        "一共追溯到 6 项来源",
        "关于 V1",
    ):
        assert said in text, said
    assert f'href="{HEATER}"' in text
    assert "从哪里来" not in page(f"/01/{tales.GTIN}/21/NONE").text
