"""From an enterprise's events to a verified scan."""

import io
import signal

import httpx
import msgspec
import zxingcpp
from PIL import Image

from gateway import demo
from tests.journeys import stories
from tests.world import World


def test_a_record_goes_from_the_enterprise_to_a_verified_scan(shared: World):
    serials = [stories.serial() for _ in range(3)]
    ids = stories.live(shared, serials)
    shared.settle()
    for serial in serials:
        verdict = shared.scan(demo.epc(serial))
        assert verdict.state == "VERIFIED"
        # commissioning, inspection, two shipments, two receipts, sale, installation, and what the product is
        assert len(verdict.records) == 9
        assert {str(one.id) for one in verdict.records} <= set(ids)
    shared.check()


def test_the_label_leads_to_the_page(shared: World):
    serial = stories.serial()
    shared.submit(stories.seen(serial))
    shared.settle()
    label = httpx.get(f"{shared.where.gateway}/api/v1/labels/{demo.epc(serial)}.png")
    read = zxingcpp.read_barcodes(Image.open(io.BytesIO(label.raise_for_status().content)))
    assert [one.text for one in read] == [f"{shared.where.gateway}/01/{demo.GTIN}/21/{serial}"]
    page = httpx.get(read[0].text, headers={"Accept": "text/html"})
    assert page.status_code == httpx.codes.OK
    assert serial in page.text


def test_states_go_from_stored_to_final(shared: World):
    said = shared.submit(stories.seen(stories.serial()))
    assert shared.state(said["submission"]) in {"stored", "logged", "sent", "anchored", "final"}
    shared.settle()
    assert shared.state(said["submission"]) == "final"


def test_a_pending_record_is_said_to_be_pending(shared: World):
    shared.settle()
    loop = shared.process("loop")
    loop.signal(signal.SIGSTOP)
    try:
        serial = stories.serial()
        shared.submit(stories.seen(serial))
        assert shared.scan(demo.epc(serial)).state == "PENDING"
    finally:
        loop.signal(signal.SIGCONT)
    shared.settle()
    assert shared.scan(demo.epc(serial)).state == "VERIFIED"


def test_without_another_party_nothing_is_verified(shared: World):
    serial = stories.serial()
    shared.submit(stories.seen(serial))
    shared.settle()
    from indexer.core import proof
    from indexer.core.bundle import Bundle

    bundle = Bundle.from_json(shared.bundle(demo.epc(serial)))
    assert proof.check(bundle, demo.epc(serial), shared.trust()).state == "UNCHECKED"


def test_concealed_values_are_not_in_what_the_public_gets(shared: World):
    serial = stories.serial()
    stories.live(shared, [serial])
    shared.settle()
    bundle = shared.bundle(demo.epc(serial)).decode()
    for secret in ("顾客1", "南山区", "3299", "梁工", "testres"):
        assert secret not in bundle
    page = httpx.get(f"{shared.where.gateway}/01/{demo.GTIN}/21/{serial}").text
    assert "南山区" not in page
    assert msgspec.json.decode(bundle)["records"]


def test_an_idempotent_repetition_answers_as_before(shared: World):
    item = stories.seen(stories.serial())
    first = shared.post([item], again="again")
    second = shared.post([item], again="again")
    other = shared.post([stories.seen(stories.serial())], again="again")
    assert (first.status_code, second.content) == (httpx.codes.CREATED, first.content)
    assert other.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert other.json()["code"] == "IDEMPOTENCY_KEY_REUSED"
