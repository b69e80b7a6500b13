"""Labels over HTTP: any form of a code in, the one label out, read back as a phone would."""

from io import BytesIO
from urllib.parse import quote

import pytest
import zxingcpp
from PIL import Image

from indexer.core import code
from tests.gateway.making import GTIN
from tests.gateway.web.serving import Site, epc
from tests.gateway.web.test_submissions import problem


@pytest.fixture
def site(database, tmp_path):
    with Site(database, tmp_path, public_url="https://trace.example/") as served:
        yield served


def test_a_label_leads_to_the_codes_page_on_this_gateway(site):
    expected = f"https://trace.example/01/{GTIN}/21/1"
    for form in (f"(01){GTIN}(21)1", quote(epc("1"), safe=""), epc("1")):
        answer = site.http.get(f"/api/v1/labels/{form}.png")
        assert answer.headers["content-type"] == "image/png"
        (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(answer.content)).convert("L"))
        assert found.text == expected
        assert code.parse(found.text) == code.parse(epc("1"))
    answer = site.http.get(f"/api/v1/labels/(01){GTIN}(21)1.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert f"(01) {GTIN}".encode() in answer.content


def test_a_wrong_code_gets_no_label(site):
    problem(site.http.get(f"/api/v1/labels/{GTIN[:-1]}9.svg"), 422, "CODE_CHECK_DIGIT")
    problem(site.http.get("/api/v1/labels/hello.png"), 422, "CODE_UNKNOWN")
