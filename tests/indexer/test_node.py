"""The node's pages, its trust, and its door, over HTTP."""

import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from gateway.processes import free_port
from gateway.settings import inherited
from indexer import node as module
from indexer import settings, vitals
from indexer.core import canonical
from indexer.core.trust import Endpoint, Trust
from indexer.reconciler import Reconciler
from indexer.store import findings
from indexer.store.engine import engine
from indexer.store.findings import Finding
from tests.indexer.served import served
from tests.indexer.test_reconciler import NOW

ROOT = Path(__file__).parents[2]


@pytest.fixture
def place(world, book, tmp_path):
    """Where a node finds what it needs, but for a database."""
    (tmp_path / "deployment.json").write_bytes(world.deployment.to_json())
    trust = book.trust(Endpoint("regulator", "http://node.example/rpc"))
    (tmp_path / "trust.json").write_bytes(trust.to_json())
    return {
        "chain_rpc_urls": world.net.url,
        "deployment": tmp_path / "deployment.json",
        "trust_file": tmp_path / "trust.json",
        "log_origin": book.origin,
        "party": "某市市场监督管理局",
        "gateway_url": "http://gateway.example",
    }


@pytest.fixture
def web(place, database):
    app = module.create_app(settings.load(**place, database_url=database.url("node")))
    with served(app) as client:
        yield client


@pytest.fixture
def bare(place):
    with served(module.create_app(settings.load(**place))) as client:
        yield client


@pytest.fixture
def following(database):
    """Somebody whom the database takes for the follower."""
    made = engine(database.url("node"), application=vitals.FOLLOWER)
    with made.connect():
        yield
    made.dispose()


def test_nobody_is_told_that_all_is_well_while_nobody_looks(web, book, follow):
    book.grow(1)
    follow()
    assert "目前无法确认" in web.get("/").text
    assert web.get("/status").json()["sure"] is False


@pytest.mark.usefixtures("following")
def test_the_state_of_chain_log_and_follower_is_shown_without_javascript(web, book, follow):
    book.grow(1, 2)
    follow()
    page = web.get("/").text
    assert "链与数据库相符" in page
    assert book.origin in page
    assert book.bundle(book.records[0]).anchor.root.hex() in page
    assert "某市市场监督管理局" in page
    assert "<script" not in page
    facts = web.get("/status").json()
    assert facts["chain"]["log"] == {
        "anchors": 1,
        "size": 5,
        "root": book.bundle(book.records[0]).anchor.root.hex(),
    }
    assert facts["store"]["anchored"] == 5
    assert facts["lag"] == 0
    assert facts["findings"] == 0


@pytest.mark.usefixtures("following")
def test_english_is_whole_and_asked_for(web, book, follow):
    book.grow(1)
    follow()
    page = web.get("/?lang=en").text
    assert '<html lang="en">' in page
    assert "Chain and store agree" in page
    visible = page.replace("中文", "").replace("某市市场监督管理局", "")
    assert not any("一" <= letter <= "鿿" for letter in visible)
    assert "Chain" in web.get("/", headers={"accept-language": "en-GB"}).text
    assert "链" in web.get("/", headers={"accept-language": "en,zh;q=0.5"}).text


def test_findings_are_listed_with_what_to_do(web, book, follow, node, client):
    ids = book.grow(1, 2)
    follow()
    book.tamper("delete from ledger.record where id = :id", id=ids[1])
    Reconciler(node, client, book.world.deployment, book.origin).run(NOW)
    (one,) = web.get("/findings").json()["findings"]
    assert one["kind"] == "RECORD_MISSING"
    assert one["record"] == str(ids[1])
    assert one["firstIndex"] == one["lastIndex"] == 3
    assert one["firstSeen"].startswith("2026-11-21T12:00:00")
    assert "备份" in one["advice"]["zh"]
    page = web.get("/").text
    assert "1 处不符" in page
    assert str(ids[1]) in page
    assert "1 thing does not fit" in web.get("/?lang=en").text
    assert web.get("/status").json()["findings"] == 1


@pytest.mark.usefixtures("following")
def test_what_was_acknowledged_stands_apart_and_does_not_count(web, book, follow, node):
    book.grow(1)
    follow()
    act = Finding("ROLE_CHANGED", "Rotated 7/0", facts={"event": "Rotated", "operator": "1a" * 20})
    with node.begin() as connection:
        findings.write(connection, [act], [], NOW)
    assert 'id="findings"' in web.get("/").text
    with node.begin() as connection:
        findings.acknowledge(connection, act.subject, NOW)
    page = web.get("/").text
    assert "链与数据库相符" in page
    assert 'id="findings"' not in page
    assert 'id="acknowledged"' in page
    assert "1a" * 20 in page
    assert "Acknowledged" in web.get("/?lang=en").text
    status = web.get("/status").json()
    assert (status["findings"], status["acknowledged"]) == (0, 1)
    (told,) = web.get("/findings").json()["findings"]
    assert told["acknowledged"] == NOW.isoformat()


def test_hostile_text_in_a_finding_stays_text(web, owner):
    with owner.begin() as connection:
        connection.exec_driver_sql(
            "insert into ledger.finding values"
            " ('X', '<script>alert(1)</script>', null, null, null, '{}', now(), now(), null, null)"
        )
    page = web.get("/").text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_without_a_database_everything_else_is_there(bare, book):
    assert "没有可用的数据库" in bare.get("/").text
    assert bare.get("/findings").status_code == 503
    assert bare.get("/trust").json()["logs"][0]["origin"] == book.origin
    assert bare.get("/healthz").json() == {"status": "ok"}


def test_a_chain_that_is_away_is_said_on_the_page(place, database):
    place["chain_rpc_urls"] = "http://127.0.0.1:9"
    app = module.create_app(settings.load(**place, database_url=database.url("node")))
    with served(app) as client:
        answer = client.get("/")
        assert answer.status_code == 200
        assert "does not answer" in answer.text
        assert client.get("/status").json()["chain"]["trouble"] == "CHAIN_UNREACHABLE"
        assert client.post("/rpc", json={"id": 1, "method": "eth_chainId"}).status_code == 503


def test_the_verifier_is_served_with_its_trust_and_may_ask_elsewhere(bare):
    answer = bare.get("/verify")
    page = answer.text
    assert "data-suyuan-page" in page
    assert 'data-trust="/trust"' in page
    for part in ("/static/page/verify.js", "/static/page/verify.css", "/static/node.css"):
        assert part in page
        assert bare.get(part).status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "connect-src 'self' http: https:" in policy
    assert "unsafe-inline" not in policy
    assert "<script>" not in page
    assert "style=" not in page


def test_trust_is_handed_to_everybody_as_it_was_set(bare, place):
    answer = bare.get("/trust")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert Trust.from_json(answer.content) == Trust.from_json(place["trust_file"].read_bytes())


def test_a_node_without_trust_says_so(place):
    place["trust_file"].unlink()
    with served(module.create_app(settings.load(**place))) as client:
        answer = client.get("/trust")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "TRUST_MISSING"


def test_every_answer_carries_the_headers_that_keep_browsers_safe(bare):
    for path in ("/", "/status", "/trust", "/healthz", "/static/node.css", "/nowhere"):
        headers = bare.get(path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert "default-src 'none'" in headers["content-security-policy"], path


def test_the_door_answers_pages_of_other_parties(bare, world):
    flight = bare.options("/rpc", headers={"origin": "http://gateway.example"})
    assert flight.status_code == 204
    assert flight.headers["access-control-allow-origin"] == "*"
    assert "content-type" in flight.headers["access-control-allow-headers"]
    answer = bare.post("/rpc", json=[{"jsonrpc": "2.0", "id": 7, "method": "eth_chainId"}])
    assert answer.headers["access-control-allow-origin"] == "*"
    expected = [{"jsonrpc": "2.0", "id": 7, "result": hex(world.deployment.chain_id)}]
    assert canonical.decode(answer.content) == expected
    assert bare.get("/rpc").status_code == 405


def test_the_door_reads_no_more_than_it_must(bare):
    answer = bare.post("/rpc", content=b" " * 200_000)
    assert answer.status_code == 413


def test_who_asks_too_often_is_told_when_to_come_back(place):
    with served(module.create_app(settings.load(**place, rpc_rate=1))) as client:
        question = {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId"}
        answers = [client.post("/rpc", json=question) for _ in range(7)]
    assert [one.status_code for one in answers] == [200] * 5 + [429] * 2
    assert answers[-1].headers["retry-after"] == "1"


def test_it_starts_where_there_is_no_gateway(place):
    """A fresh interpreter in which gateway and contracts cannot be imported."""
    port = free_port(9100)
    program = (
        "import sys; sys.modules['gateway'] = sys.modules['contracts'] = None\n"
        "sys.modules['web3'] = sys.modules['eth_account'] = None\n"
        "from indexer.cli import main\n"
        "sys.argv = ['suyuan-node', 'serve']; main()\n"
    )
    variables = {
        "SUYUAN_PORT": str(port),
        **{f"SUYUAN_{name.upper()}": str(value) for name, value in place.items()},
    }
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**inherited(), **variables},
        stderr=subprocess.PIPE,
    ) as process:
        try:
            assert answer(f"http://127.0.0.1:{port}/trust", process) == 200
        finally:
            process.terminate()


def answer(url: str, process: subprocess.Popen[bytes]) -> int:
    until = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < until:
        try:
            return httpx.get(url, trust_env=False).status_code
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(process.communicate()[1])
