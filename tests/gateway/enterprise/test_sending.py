"""What a gateway answers and how long it is waited for, over real HTTP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from uuid import UUID

import msgspec
import pytest

from gateway.enterprise import sending
from gateway.enterprise.sending import (
    Gateway,
    GatewayAwayError,
    GatewayNonsenseError,
    GatewayRefusedError,
    KeyState,
)

KEY = b"\5" * 20
STATE = {"participant": str(UUID(int=7)), "sequence": 3, "custodial": False, "revoked": None}


Answer = tuple[int, object, dict[str, str]]


class Script:
    """Answers in their order, the last one for ever, and what was asked."""

    def __init__(self, *answers: Answer):
        self.answers = list(answers)
        self.asked: list[tuple[str, str, bytes, str | None]] = []
        self.url = ""

    def next(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def serving(*answers: Answer) -> Iterator[Script]:
    script = Script(*answers)

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            script.asked.append((self.command, self.path, body, self.headers["authorization"]))
            status, said, headers = script.next()
            data = said if isinstance(said, bytes) else msgspec.json.encode(said)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = answer  # noqa: N815 - http.server's names

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield script
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def problem(status, code, **more):
    return status, {"code": code, "detail": "it said so", **more}, {}


def test_the_same_bytes_go_out_again_until_there_is_an_answer():
    pauses: list[float] = []
    busy = (503, b"", {"Retry-After": "7"})
    limited = (429, {"code": "BUSY"}, {"Retry-After": "3600"})
    broken: Answer = (502, b"<html>", {})
    with serving(busy, limited, broken, (201, {"submission": "1"}, {})) as script:
        with Gateway(script.url, "key-1", pause=pauses.append) as gateway:
            assert gateway.submit(b"{}") == b'{"submission":"1"}'
        assert script.asked == [("POST", "/api/v1/submissions", b"{}", "Bearer key-1")] * 4
    assert pauses == [7.0, sending.LONGEST_WAIT, 2.0]


def test_patience_ends_and_nothing_is_lost():
    pauses: list[float] = []
    with (
        serving((503, b"", {})) as script,
        Gateway(script.url, patience=10, pause=pauses.append) as gateway,
        pytest.raises(GatewayAwayError, match="nothing is lost"),
    ):
        gateway.submit(b"{}")
    assert pauses == [0.5, 1.0, 2.0, 4.0]


def test_a_gateway_that_is_not_there_is_waited_for_too():
    pauses: list[float] = []
    with (
        Gateway("http://127.0.0.1:9", patience=1, pause=pauses.append) as gateway,
        pytest.raises(GatewayAwayError, match=r"127\.0\.0\.1:9"),
    ):
        gateway.origin()
    assert pauses == [0.5]


def test_a_refusal_is_told_in_the_gateways_own_words():
    said = problem(422, "CODE_CHECK_DIGIT", place="/items/0/event/epcList/0")
    with (
        serving(said) as script,
        Gateway(script.url) as gateway,
        pytest.raises(GatewayRefusedError, match="it said so") as error,
    ):
        gateway.submit(b"{}")
    assert (error.value.status, error.value.problem) == (422, "CODE_CHECK_DIGIT")
    assert error.value.place == "/items/0/event/epcList/0"
    assert len(script.asked) == 1


@pytest.mark.parametrize("answer", [(404, b"<html>", {}), (301, b"", {}), (400, b"[]", {})])
def test_what_is_no_gateway_is_said(answer):
    with (
        serving(answer) as script,
        Gateway(script.url) as gateway,
        pytest.raises(GatewayNonsenseError),
    ):
        gateway.submit(b"{}")


def test_a_key_is_told_or_absent_and_nothing_else_is_believed():
    with serving((200, {**STATE, "suspended": True, "more": 1}, {})) as script:
        with Gateway(script.url) as gateway:
            assert gateway.key(KEY) == KeyState(UUID(int=7), 3, False, None, True)
        assert script.asked[0][:2] == ("GET", f"/api/v1/keys/{KEY.hex()}")
    with serving(problem(404, "KEY_MISSING")) as script, Gateway(script.url) as gateway:
        assert gateway.key(KEY) is None
    wrongs: list[object] = [STATE, {**STATE, "suspended": "no"}, [], 5]
    for wrong in wrongs:
        with (
            serving((200, wrong, {})) as script,
            Gateway(script.url) as gateway,
            pytest.raises(GatewayNonsenseError),
        ):
            gateway.key(KEY)


def test_a_hint_of_a_place_is_taken_where_there_is_one():
    for said, index in (
        ({"records": [{"index": 8}, {"index": 9}]}, 7),
        ({"records": [{"index": None}]}, None),
        ({"records": []}, None),
        ({}, None),
    ):
        with serving((200, said, {})) as script, Gateway(script.url) as gateway:
            assert gateway.index(UUID(int=9)) == index
    with serving(problem(404, "SUBMISSION_UNKNOWN")) as script, Gateway(script.url) as gateway:
        assert gateway.index(UUID(int=9)) is None


def test_the_log_and_its_tiles_are_public():
    with serving((200, {"origin": "test.example/log"}, {})) as script:
        with Gateway(script.url + "/") as gateway:
            assert gateway.origin() == "test.example/log"
        assert script.asked == [("GET", "/api/v1/log", b"", None)]
    with serving((200, b"\1" * 32, {})) as script, Gateway(script.url) as gateway:
        assert gateway.tile("tile/0/000.p/1") == b"\1" * 32
        assert script.asked[0][1] == "/log/tile/0/000.p/1"
    with serving(problem(404, "TILE_BEYOND")) as script, Gateway(script.url) as gateway:
        assert gateway.tile("tile/0/009") is None
