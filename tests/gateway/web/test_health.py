"""Health as balancers and monitors ask for it."""

import re
from datetime import UTC, datetime, timedelta

from gateway.web import health
from gateway.web.vitals import Vitals
from tests.gateway.making import event
from tests.gateway.web.serving import Site
from tests.gateway.web.test_submissions import problem

NOW = datetime(2026, 11, 21, tzinfo=UTC)
WELL = Vitals(log_size=5, anchored_size=5, anchor_number=1, tip=7, final=7, promise=None, led=True)


def test_what_is_amiss_is_named():
    assert health.amiss(WELL, NOW) == []
    late = int((NOW - timedelta(seconds=41)).timestamp())
    ill = Vitals(0, 0, 0, None, None, late, led=False, findings={"BODY_ALTERED": 2})
    lacks = {lack.what: lack.detail for lack in health.amiss(ill, NOW)}
    assert set(lacks) == {"LOOP_AWAY", "CHAIN_UNREAD", "ANCHOR_LATE", "BODY_ALTERED"}
    assert "41 s" in lacks["ANCHOR_LATE"]
    early = Vitals(5, 0, 0, 7, 7, int(NOW.timestamp()) + 5, led=True)
    assert health.amiss(early, NOW) == []


def test_the_figures_are_those_of_the_store(site):
    site.send(site.member(), event())
    site.place()
    site.anchor()
    ready = site.http.get("/readyz").json()
    assert (ready["logSize"], ready["anchoredSize"]) == (2, 2)
    assert [lack["what"] for lack in ready["degraded"]] == ["LOOP_AWAY"]
    text = site.http.get("/metrics").text
    assert "suyuan_log_size 2\n" in text
    assert "suyuan_anchor_overdue_seconds 0.0\n" in text
    assert re.search(r'suyuan_http_requests_total\{status="201"\} 1\n', text)
    for line in text.splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) \w+ .+|\w+(\{\w+="\w+"\})? [0-9.e+-]+', line), line


def test_without_a_database_it_is_alive_but_not_ready(tmp_path):
    class Away:
        def url(self, role):
            return f"postgresql+psycopg://{role}@127.0.0.1:1/none"

    with Site(Away(), tmp_path) as site:
        assert site.http.get("/healthz").json() == {"status": "ok"}
        for path in ("/readyz", "/metrics", "/log/checkpoint", "/api/v1/trace/urn:x:y"):
            answer = site.http.get(path)
            problem(answer, 503)
            assert int(answer.headers["retry-after"]) > 0
            assert "127.0.0.1" not in answer.text
