"""The interface's page is whole, offline, and explains every problem that points to it."""

import re

from gateway.web.docs import _below
from indexer.core.errors import SuyuanError


def test_every_operation_and_every_error_is_explained(site):
    page = site.http.get("/docs").text
    described = site.http.get("/openapi.json").json()
    for path in described["paths"]:
        assert f"<code>{path.replace('&', '&amp;')}</code>" in page
    for kind in _below(SuyuanError):
        if kind.__module__.startswith(("gateway", "indexer")):
            assert f'id="{kind.code}"' in page, kind


def test_openapi_is_of_one_piece(site):
    described = site.http.get("/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    schemas = described["components"]["schemas"]
    for name in re.findall(r'"#/components/schemas/(\w+)"', site.http.get("/openapi.json").text):
        assert name in schemas
    assert "#/$defs/" not in site.http.get("/openapi.json").text
    post = described["paths"]["/api/v1/submissions"]["post"]
    assert post["requestBody"]["content"]["application/json"]["example"]["items"]
    assert post["security"]
    for path, methods in described["paths"].items():
        for operation in methods.values():
            assert operation["summary"], path
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert "application/problem+json" in answer["content"], (path, status)


def test_the_example_is_taken_as_it_stands(site):
    described = site.http.get("/openapi.json").json()
    body = described["paths"]["/api/v1/submissions"]["post"]["requestBody"]
    example = body["content"]["application/json"]["example"]
    member = site.member()
    answer = site.http.post("/api/v1/submissions", json=example, headers=member.headers)
    assert answer.status_code == 201, answer.text
