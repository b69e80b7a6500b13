import re

from gateway.exchange.routes import _ALLOWED
from tests.gateway.exchange.client import problem


def test_every_path_tells_what_it_takes_to_anybody(site):
    for path, allowed in _ALLOWED.items():
        asked = path.replace("{value:path}", "x").replace("{value}", "x")
        answer = site.http.options(f"/epcis{asked}")
        assert answer.status_code == 204, path
        assert answer.headers["allow"] == allowed
        assert answer.headers["gs1-epcis-max"] == "2.0"
        assert answer.headers["gs1-epc-format"] == "Never_Translates"


def test_what_a_path_takes_it_has_and_nothing_else(site):
    described = site.http.get("/openapi.json").json()["paths"]
    own = {path: methods for path, methods in described.items() if path.startswith("/epcis")}
    taken: dict[str, set[str]] = {}
    for path, methods in own.items():
        name = re.sub(r"\{[^}]*\}", "{}", path)
        taken.setdefault(name, set()).update(method.upper() for method in methods)
    expected = {
        "/epcis" + path.replace("{value:path}", "{}").replace("{value}", "{}"): allowed
        for path, allowed in _ALLOWED.items()
    }
    for path, allowed in expected.items():
        assert taken[path] == set(allowed.split(", ")), path
    assert set(taken) - set(expected) == {"/epcis/nextPageToken/{}"}


def test_the_resources_are_listed(client, site):
    said = client.get("").json()
    assert {"events", "capture", "queries", "epcs"} <= set(said)
    for one in said:
        assert client.get(f"/{one}").status_code == 200
    problem(site.http.get("/epcis"), 401, "API_KEY_ABSENT", "SecurityException")


def test_a_token_is_let_go_of(client, site):
    assert client.delete("/nextPageToken/abc").status_code == 204
    answer = site.http.delete("/epcis/nextPageToken/abc")
    problem(answer, 401, "API_KEY_ABSENT", "SecurityException")


def test_every_operation_tells_what_may_go_wrong(site):
    described = site.http.get("/openapi.json").json()
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            if path.startswith("/epcis") and method != "options":
                assert {"400", "401", "406", "503"} <= set(operation["responses"]), path
    assert "EpcisProblem" in described["components"]["schemas"]
