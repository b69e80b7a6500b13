"""Sending over HTTP: receipts, waiting, idempotency, and a table of everything that is refused."""

import threading
import time

from indexer.core import canonical
from tests.gateway.making import GTIN, body, event, product
from tests.gateway.tampering import tamper

WRONG_GTIN = f"https://id.gs1.org/01/{GTIN[:-1]}9/21/1"


def broken(**members):
    return canonical.encode({"items": [{"event": event(**members)}]})


def raw(text):
    """A good body with a piece of text, as it would be typed, for an extension's value."""
    return broken(**{"suyuan:note": "HERE"}).replace(
        b'"HERE"', text.encode("utf-8", "surrogatepass")
    )


NOTE = "/items/0/event/suyuan:note"
BAD = {
    "empty": (b"", "JSON_SYNTAX", ""),
    "not json": (b'{"items": [', "JSON_SYNTAX", None),
    "not utf-8": (b'{"items": "\xff"}', "JSON_NOT_UTF8", None),
    "a byte order mark": (b"\xef\xbb\xbf{}", "JSON_BYTE_ORDER_MARK", None),
    "duplicate keys": (b'{"items": [], "items": []}', "JSON_DUPLICATE_MEMBER", "/items"),
    "a duplicate key deep inside": (
        raw('1, "bizStep": "shipping"'),
        "JSON_DUPLICATE_MEMBER",
        "/items/0/event/bizStep",
    ),
    "an escaped lone surrogate": (raw(r'"\ud800"'), "JSON_LONE_SURROGATE", NOTE),
    "U+0000": (raw(r'"a\u0000b"'), "JSON_NUL", NOTE),
    "NaN": (raw("NaN"), None, None),
    "1e400": (raw("1e400"), None, NOTE),
    "2^53": (raw("9007199254740993"), None, NOTE),
    "too deep": (raw("[" * 40 + "]" * 40), None, None),
    "no items": (b"{}", "SUBMISSION_SHAPE", "/items"),
    "a list": (b"[]", "SUBMISSION_SHAPE", ""),
    "an unknown member": (body(event(), more=1), "UNKNOWN_MEMBER", "/more"),
    "a wrong check digit": (
        broken(epcList=[WRONG_GTIN]),
        "CODE_CHECK_DIGIT",
        "/items/0/event/epcList/0",
    ),
    "a product's wrong check digit": (
        body(product(gtin=GTIN[:-1] + "9")),
        "CODE_CHECK_DIGIT",
        "/items/0/event/gtin",
    ),
    "another type of event": (
        broken(type="PackingEvent"),
        "EVENT_TYPE_UNSUPPORTED",
        "/items/0/event/type",
    ),
    "a pointer to nothing": (
        canonical.encode({"items": [{"event": event(), "conceal": ["/nowhere"]}]}),
        "CONCEAL_DANGLING",
        "/items/0/conceal/0",
    ),
    "a record too large": (broken(**{"suyuan:note": "x" * 70_000}), "RECORD_TOO_LARGE", None),
    "too many items": (body(*[event()] * 1001), "TOO_MANY_ITEMS", "/items"),
}


def problem(answer, status, code=None, place=None):
    """Expect a problem document that says what is wrong and where."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == status
    assert said["type"] == f"/docs#{said['code']}"
    assert said["title"]
    assert said["instance"] == f"urn:uuid:{answer.headers['x-request-id']}"
    assert code in (None, said["code"])
    assert place in (None, said.get("place"))
    return said


def test_everything_wrong_is_named_and_nothing_of_it_stays(site):
    member = site.member()
    before = site.rows()
    for name, (sent, code, place) in BAD.items():
        answer = site.post(member, sent, **{"Idempotency-Key": f"bad {name}".replace("^", " ")})
        said = problem(answer, 422, code, place)
        assert said["errors"], name
        assert said["detail"], name
    for headers in ({}, {"Authorization": "Bearer suyuan_nobody"}, {"X-API-Key": "0"}):
        problem(site.post(None, body(event()), **headers), 401)
    problem(site.post(member, body(event()), **{"Idempotency-Key": "x" * 300}), 422)
    problem(site.post(member, body(event()), path="/api/v1/submissions?wait=forever"), 422)
    assert site.rows() == before
    assert set(before.values()) == {0}


def test_several_faults_are_told_at_once_each_by_its_place(site):
    member = site.member()
    sent = canonical.encode(
        {"items": [{"event": event()}, {"event": event(epcList=[WRONG_GTIN])}, {"event": 5}]}
    )
    said = problem(site.post(member, sent), 422)
    assert [one["place"] for one in said["errors"]] == [
        "/items/1/event/epcList/0",
        "/items/2/event",
    ]


def test_a_body_beyond_the_limit_is_refused_declared_or_streamed(site):
    member = site.member()
    large = b" " * (site.settings.max_body_bytes + 1)
    problem(site.post(member, large), 413, "BODY_TOO_LARGE")

    def stream():
        for _ in range(site.settings.max_body_bytes // 65536 + 2):
            yield b" " * 65536

    answer = site.http.post("/api/v1/submissions", content=stream(), headers=member.headers)
    problem(answer, 413, "BODY_TOO_LARGE")
    problem(site.post(None, large), 401)


def test_a_receipt_names_what_was_stored(site):
    member = site.member()
    answer = site.post(member, body(event("1"), event("2")))
    said = answer.json()
    assert answer.headers["location"] == f"/api/v1/submissions/{said['submission']}"
    assert (said["participant"], said["key"]) == (str(member.id), member.address.hex())
    assert (said["sequence"], said["count"], len(said["records"])) == (0, 2, 2)
    assert "state" not in said
    assert site.rows()["record"] == 2


def test_an_api_key_may_come_in_either_header(site):
    member = site.member()
    answer = site.post(None, body(event()), **{"X-API-Key": member.api_key})
    assert answer.status_code == 201


def test_the_same_idempotency_key_gets_the_same_answer_or_is_refused(site):
    member = site.member()
    key = {"Idempotency-Key": "order 7"}
    first = site.post(member, body(event("1")), **key)
    again = site.post(member, body(event("1")), **key)
    assert (again.status_code, again.content) == (201, first.content)
    said = problem(site.post(member, body(event("2")), **key), 422, "IDEMPOTENCY_KEY_REUSED")
    assert said["place"] == "/header/Idempotency-Key"
    assert site.rows()["submission"] == 1


def test_a_submission_comes_along_from_stored_to_final(site):
    member, other = site.member(0), site.member(1, "广州岭顺供应链管理有限公司")
    url = f"/api/v1/submissions/{site.send(member, event())['submission']}"

    def state():
        said = site.http.get(url, headers=member.headers).raise_for_status().json()
        assert {one["state"] for one in said["records"]} == {said["state"]}
        return said

    assert state()["state"] == "stored"
    assert state()["records"][0]["index"] is None
    site.place()
    assert state()["state"] == "logged"
    assert state()["records"][0]["index"] == 1
    site.anchor(final=False)
    assert state()["state"] == "anchored"
    assert "not final" in state()["waits"]
    site.settle()
    assert (state()["state"], state()["waits"]) == ("final", None)
    assert state()["anchor"]["size"] == 2
    problem(site.http.get(url, headers=other.headers), 404, "SUBMISSION_UNKNOWN")
    problem(site.http.get(url), 401, "API_KEY_ABSENT")
    problem(site.http.get("/api/v1/submissions/x", headers=member.headers), 422, "PARAMETER")


def test_a_promise_that_was_lost_with_the_store_is_null(site):
    member = site.member()
    url = f"/api/v1/submissions/{site.send(member, event())['submission']}"
    site.place()
    site.anchor()
    tamper(site.database, "update ledger.submission set anchor_by = null, receipt = null")
    said = site.http.get(url, headers=member.headers).raise_for_status().json()
    assert (said["anchorBy"], said["late"], said["state"]) == (None, False, "final")


def test_waiting_ends_with_the_anchor(site):
    member = site.member()

    def later():
        while site.rows()["submission"] == 0:
            time.sleep(0.05)
        site.place()
        site.anchor()

    loop = threading.Thread(target=later)
    loop.start()
    answer = site.post(member, body(event()), path="/api/v1/submissions?wait=anchored")
    loop.join()
    assert answer.status_code == 201
    assert answer.json()["state"] == "final"


def test_a_lone_surrogate_in_utf8_is_no_utf8(site):
    problem(site.post(site.member(), raw('"\ud800"')), 422, "JSON_NOT_UTF8")
