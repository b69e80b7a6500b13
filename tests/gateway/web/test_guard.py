"""Every answer leaves with its number and its headers, whoever made it."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from gateway.app import _Guarded
from gateway.web import errors, guard
from gateway.web.guard import Tally


@pytest.fixture
def app():
    made = _Guarded()
    made.state.tally, made.state.secure = Tally(), True
    errors.install(made)

    @made.get("/fine")
    async def fine():
        return {"a": 1}

    @made.get("/bug")
    async def bug():
        raise ZeroDivisionError

    return made


def ask(app: FastAPI, method: str, path: str):
    async def run():
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path)

    return asyncio.run(run())


@pytest.mark.parametrize(("path", "status"), [("/fine", 200), ("/bug", 500), ("/nowhere", 404)])
def test_answers_faults_and_refusals_alike_carry_the_headers(app, path, status):
    answer = ask(app, "GET", path)
    assert answer.status_code == status
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["strict-transport-security"]
    assert len(answer.headers["x-request-id"]) == 36
    if status != 200:
        assert answer.json()["instance"].endswith(answer.headers["x-request-id"])
    assert app.state.tally.statuses == {status: 1}


def test_the_head_alone_has_the_headers_of_the_whole(app):
    whole, head = ask(app, "GET", "/fine"), ask(app, "HEAD", "/fine")
    assert head.status_code == 200
    assert head.headers["content-length"] == whole.headers["content-length"]
    assert head.content == b""
    assert ask(app, "POST", "/fine").status_code == 405


def test_without_https_nobody_is_told_to_insist_on_it(app):
    app.state.secure = False
    assert "strict-transport-security" not in ask(app, "GET", "/fine").headers


def test_only_the_asking_page_may_connect_elsewhere():
    assert "connect-src 'self';" in guard.STRICT
    assert guard.STRICT.replace("'self'; form", "'self' http: https:; form") == guard.ASKING


def test_a_tally_adds_up():
    tally = Tally()
    for status in (200, 200, 404):
        tally.add(status, 0.5)
    assert (tally.statuses, tally.seconds) == ({200: 2, 404: 1}, 1.5)
