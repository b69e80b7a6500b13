"""Every family leaves as its problem document, and nothing of our inside leaves with it."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI, HTTPException
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from gateway.draft import RefusedError
from gateway.web import errors
from indexer.core.canonical import DuplicateMemberError
from indexer.core.errors import (
    AccessError,
    DuplicateError,
    EvidenceError,
    InconsistencyError,
    InputError,
    MissingError,
    OutageError,
    UnknownCallerError,
)
from indexer.core.merkle import RootDiffersError

RAISED = {
    "input": (InputError(place="/a/0"), 422),
    "duplicate": (DuplicateError(place="/a"), 409),
    "access": (AccessError(), 403),
    "unknown": (UnknownCallerError(), 401),
    "missing": (MissingError(), 404),
    "evidence": (EvidenceError(), 422),
    "outage": (OutageError(), 503),
    "inconsistency": (InconsistencyError(), 500),
    "large": (errors.BodyTooLargeError(limit=5), 413),
    "busy": (PoolTimeoutError("QueuePool limit"), 503),
    "bug": (ZeroDivisionError("secret inside"), 500),
    "teapot": (HTTPException(418), 418),
}


class SecretOutageError(OutageError):
    """The vault's host is away."""

    code = "TEST_SECRET_OUTAGE"
    sentence = "postgres://{password} is away"


@pytest.fixture
def ask():
    """Ask an application that does nothing but raise."""
    app = FastAPI()
    errors.install(app)

    @app.get("/raise/{name}")
    async def throw(name: str, number: int = 0):
        raise RAISED[name][0]

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)

    async def get(path):
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(path)

    return get


def run(awaitable):
    return asyncio.run(awaitable)


@pytest.mark.parametrize("name", RAISED)
def test_each_family_has_its_status_and_shape(ask, name):
    answer = run(ask(f"/raise/{name}"))
    said = answer.json()
    assert answer.status_code == said["status"] == RAISED[name][1]
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "detail", "code", "instance"} <= said.keys()
    assert "secret" not in answer.text
    errors.Problem.model_validate(said)


def test_an_input_error_names_its_place(ask):
    said = run(ask("/raise/input")).json()
    assert said["place"] == "/a/0"
    assert [one["place"] for one in said["errors"]] == ["/a/0"]


def test_an_outage_says_when_to_come_back_and_a_stranger_how_to_introduce_itself(ask):
    assert run(ask("/raise/outage")).headers["retry-after"] == "5"
    assert run(ask("/raise/busy")).headers["retry-after"] == "5"
    assert "Bearer" in run(ask("/raise/unknown")).headers["www-authenticate"]


def test_a_wrong_parameter_is_named_where_it_stood(ask):
    said = run(ask("/raise/input?number=x")).json()
    assert (said["status"], said["code"], said["place"]) == (422, "PARAMETER", "/query/number")


def test_a_path_to_nowhere_and_a_wrong_method_are_problems(ask):
    assert run(ask("/nowhere")).json()["code"] == "NO_SUCH_PATH"


def test_several_faults_are_listed(ask):
    faults = [DuplicateMemberError(place="/x"), InputError(place="/y")]
    RAISED["several"] = (RefusedError(faults=faults, count=2), 422)
    said = run(ask("/raise/several")).json()
    assert [(one["place"], one["code"]) for one in said["errors"]] == [
        ("/x", "JSON_DUPLICATE_MEMBER"),
        ("/y", "INPUT"),
    ]


def test_what_stands_behind_an_outage_stays_inside(ask):
    RAISED["secret"] = (SecretOutageError(password="hunter2"), 503)
    answer = run(ask("/raise/secret"))
    assert "hunter2" not in answer.text
    assert answer.json()["title"] == "The vault's host is away"


def test_a_title_is_the_classs_own_sentence():
    assert errors.title(RootDiffersError) == ("A path climbs well but arrives at another root")
    assert errors.responses(404)[404]["description"] == "No such thing"
