"""The consumer's pages as a browser is served them; what it makes of them is tests/indexer/page's."""

import re
from urllib.parse import quote

import pytest

from indexer.core.verdict import State
from tests.gateway.catalogue.stating import GLN, site_data, state
from tests.gateway.making import GTIN, event, product
from tests.gateway.web.serving import Site, epc
from tests.gateway.web.test_submissions import problem

PAGE = f"/01/{GTIN}/21/1"
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def told(site):
    member = site.member()
    site.send(member, product(name={"zh": "热水器", "en": "Water heater"}))
    site.send(member, event("1", action="ADD", bizStep="commissioning"))
    site.send(member, event("1", **{"suyuan:conclusion": "合格", "suyuan:price": 3299}))
    site.place()
    site.anchor()
    return member


def lacks_inline(page: str) -> None:
    """Nothing in a page needs what its policy forbids."""
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert "<style" not in page
    assert not re.search(r"\s(style|on\w+)=", page)
    assert not re.search(r'(?:src|href)="(?:https?:)?//(?!127\.0\.0\.1)', page)


def test_a_products_page_reads_without_scripts_and_hands_over_to_them(site):
    member = told(site)
    answer = site.http.get(PAGE, headers=HTML)
    page = answer.text
    assert answer.status_code == 200
    assert '<html lang="zh-CN">' in page
    for said in ("热水器", "JSQ30-16X", "生产赋码", "检验", "合格", member.name, "400-000-0694"):
        assert said in page
    assert "3299" not in page
    assert "尚未核验" in page
    assert f'data-code="{epc("1")}"' in page
    assert f'data-bundle="{PAGE}?format=bundle"' in page
    assert 'data-trust="http://127.0.0.1:9/trust"' in page
    assert 'data-verifier="http://127.0.0.1:9/verify"' in page
    assert "connect-src 'self' http: https:" in answer.headers["content-security-policy"]
    lacks_inline(page)


def test_a_page_names_places_as_master_data_do_and_says_until_when_to_use(site):
    member = site.member()
    place = {"readPoint": {"id": f"https://id.gs1.org/414/{GLN}"}}
    state(site, member, product(gasClass="12T"), site_data("佛山工厂"))
    site.send(member, event("1", action="ADD", bizStep="commissioning", **place))
    sold = {"eventTime": "2024-02-29T12:00:00+08:00", "bizStep": "retail_selling"}
    site.send(member, event("1", **sold))
    page = site.http.get(PAGE, headers=HTML).text
    assert "佛山工厂" in page
    assert GLN not in page
    assert "2032-02-29（自 2024-02-29 售出起 8 年，GB 17905-2008）" in page


def test_the_page_of_a_place_shows_its_name(site):
    state(site, site.member(), site_data("佛山工厂"))
    assert "佛山工厂" in site.http.get(f"/414/{GLN}", headers=HTML).text


def test_the_same_address_gives_the_bundle(site):
    told(site)
    wanted = [
        ({"Accept": "application/json"}, ""),
        ({"Accept": "text/html;q=0.5, application/json"}, ""),
        (HTML, "?format=bundle"),
    ]
    for headers, query in wanted:
        answer = site.http.get(PAGE + query, headers=headers)
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["vary"] == "Accept"
        assert site.check(answer.content, epc("1")).state is State.VERIFIED
    for headers in ({}, {"Accept": "*/*"}, {"Accept": "text/html, application/json;q=0.9"}):
        assert "text/html" in site.http.get(PAGE, headers=headers).headers["content-type"]


@pytest.mark.parametrize(
    "path",
    [
        f"/01/{GTIN}/10/L1/21/1",
        f"/01/{GTIN[1:]}/21/1",
        f"/q/(01){GTIN}(21)1",
        "/q/" + quote(epc("1"), safe=""),
        "/q/urn:epc:id:sgtin:6945000.000001.1",
    ],
)
def test_every_way_leads_to_the_same_page(site, path):
    site.send(site.member(), event("1"))
    answer = site.http.get(path)
    assert answer.status_code == 200
    assert f'data-code="{epc("1")}"' in answer.text
    assert answer.headers["link"] == f'<http://127.0.0.1:8000{PAGE}>; rel="canonical"'


def test_a_search_is_sent_on_to_the_codes_page(site):
    asked = {
        f" ( 01 ){GTIN} (21)1 ": PAGE,
        "urn:x:y": "/q/urn%3Ax%3Ay",
        f"]C101{GTIN}10L\x1d211 ": PAGE,
        "": "/?lang=zh",
    }
    for text, path in asked.items():
        answer = site.http.get("/q", params={"code": text})
        assert (answer.status_code, answer.headers["location"]) == (303, path)
    english = site.http.get("/q", params={"code": GTIN, "lang": "en"})
    assert english.headers["location"] == f"/01/{GTIN}?lang=en"


@pytest.mark.parametrize(
    "path",
    [
        "/00/106141411234567897",
        "/414/0614141073467/254/A_1",
        "/417/1234567890128",
        "/253/4012345000092PO-4711",
        "/8003/0061414112345232a%2Fb",
        "/8004/061414112345400",
        "/8006/040123451234560102/21/987",
        "/8010/06141415PQ7%2FZ43%23/8011/0",
        "/8017/061414112345678902",
        "/8018/061414112345678902",
    ],
)
def test_every_kind_of_key_has_its_page(site, path):
    thing = "https://id.gs1.org" + path
    site.send(site.member(), event("1", epcList=[thing]))
    answer = site.http.get(path, headers=HTML)
    assert answer.status_code == 200
    assert f'data-code="{thing}"' in answer.text
    assert answer.headers["link"] == f'<http://127.0.0.1:8000{path}>; rel="canonical"'


def test_a_urn_whose_digits_do_not_fit_is_found_as_it_was_recorded(site):
    thing = "urn:epc:id:sscc:08600031303.0005"
    site.send(site.member(), event("1", epcList=[thing]))
    answer = site.http.get("/q/" + thing)
    assert (answer.status_code, f'data-code="{thing}"' in answer.text) == (200, True)


def test_a_code_nobody_recorded_is_unknown_kindly(site):
    told(site)
    answer = site.http.get(f"/01/{GTIN}/21/made-up", headers=HTML)
    assert answer.status_code == 404
    assert 'data-verdict="UNKNOWN"' in answer.text
    assert "没有找到" in answer.text
    assert "verify.js" not in answer.text
    assert "热水器" not in answer.text
    lacks_inline(answer.text)
    empty = site.http.get(f"/01/{GTIN}/21/made-up?format=bundle")
    assert (empty.status_code, empty.json()["records"]) == (200, [])


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (f"/01/{GTIN[:-1]}9/21/1", "抄错了一位"),
        (f"/q?code={GTIN[:-1]}9", "抄错了一位"),
        ("/q?code=hello", "不是我们认识的产品码"),
        ("/q/hello", "不是我们认识的产品码"),
        (f"/q?code={'x' * 2500}", "太长"),
        ("/01/123", "不是我们认识的产品码"),
        ("/8003/00614141123453", "抄错了一位"),
        ("/8004/brochure", "不是我们认识的产品码"),
    ],
)
def test_what_is_wrong_with_a_code_is_said_to_people_and_to_programs(site, path, said):
    answer = site.http.get(path, headers=HTML)
    assert answer.status_code == 422
    assert said in answer.text
    lacks_inline(answer.text)
    if "?" not in path:
        problem(site.http.get(path, headers={"Accept": "application/json"}), 422)


def test_what_was_typed_stays_text(site):
    page = site.http.get("/q", params={"code": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_what_a_record_says_stays_text(site):
    member = site.member()
    site.send(member, product(name={"zh": "<img src=x onerror=alert(1)>"}, model="</main>"))
    site.send(member, event("1", action="ADD", **{"suyuan:lot": "<i>"}))
    site.tamper(
        "update ledger.record set content = convert_to(replace(convert_from(content, 'UTF8'),"
        " 'inspecting', '<b>x</b>'), 'UTF8') where kind = 1"
    )
    page = site.http.get(PAGE, headers=HTML).text
    assert "&lt;img src=x" in page
    assert "b&gt;" in page
    for markup in ("<img src=x", "<b>x", "<i>"):
        assert markup not in page


def test_altered_content_of_any_shape_still_makes_a_page(site):
    told(site)
    for content in (
        b'{"body":{"eventTime":5,"bizStep":[],"sensorElementList":[{"sensorReport":[3]}],"readPoint":[]}}',
        b'{"body":{"eventTime":"9999-12-31T23:59:59-12:00","eventTimeZoneOffset":"+99:99"}}',
        b"[]",
        b"\xff",
    ):
        site.tamper("update ledger.record set content = :content where kind = 1", content=content)
        assert site.http.get(PAGE, headers=HTML).status_code == 200
    site.tamper("update ledger.record set content = '{}' where kind = 2")
    assert site.http.get(PAGE, headers=HTML).status_code == 200
    site.tamper("delete from ledger.record where kind = 1")
    answer = site.http.get(PAGE, headers=HTML)
    assert answer.status_code == 200
    assert "内容已不在" in answer.text


@pytest.mark.parametrize("path", ["/", "/privacy", "/docs"])
def test_every_page_is_whole_in_both_languages(site, path):
    for language, tag in (("zh", "zh-CN"), ("en", "en")):
        by_query = site.http.get(path, params={"lang": language})
        by_header = site.http.get(path, headers={"Accept-Language": tag})
        for answer in (by_query, by_header):
            assert answer.status_code == 200
            assert f'<html lang="{tag}">' in answer.text
            lacks_inline(answer.text)
        plain = re.sub(r'data-(?:zh|en)="[^"]*"|>中文<', "", by_query.text)
        if language == "en":
            assert not re.search(r"[\u4e00-\u9fff]", plain), path


def test_an_english_page_says_everything_in_english_but_what_records_say(site):
    told(site)
    page = site.http.get(PAGE, params={"lang": "en"}).text
    for said in ("Water heater", "Produced and coded", "Inspected", "Not checked yet", "Model"):
        assert said in page


def test_pages_do_without_a_second_opinion_and_a_phone(database, tmp_path):
    with Site(database, tmp_path, second_opinion_url="", service_phone="") as site:
        site.send(site.member(), event("1"))
        page = site.http.get(PAGE).text
        assert 'data-trust="about:blank"' in page
        assert "data-verifier" not in page
        assert "tel:" not in page


def test_what_pages_load_is_there(site):
    site.send(site.member(), event("1"))
    page = site.http.get(PAGE).text
    found = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert {"/static/page/verify.js", "/static/page/verify.css", "/static/site.css"} <= set(found)
    for path in found:
        assert site.http.get(path).status_code == 200
