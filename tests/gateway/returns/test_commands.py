"""The operator's desk from the shell, over HTTP as anybody's."""

from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from gateway.returns.commands import ShownDiffersError, _digest, app
from gateway.settings import write_key
from indexer.core import canonical, record
from tests.gateway.making import event
from tests.gateway.web.serving import Site


@pytest.fixture
def site(database, tmp_path):
    with Site(database, tmp_path) as served:
        served.open_log()
        yield served


@pytest.fixture
def run(site, tmp_path):
    operator = site.reviewer()
    secret = tmp_path / "api.key"
    secret.touch(mode=0o600)
    secret.write_text(operator.api_key)
    write_key(tmp_path / "operator.key", site.operator)

    def run(*words: object) -> Any:
        asked = ["review", *map(str, words), "--gateway", site.url, "--api-key-file", str(secret)]
        done = CliRunner().invoke(app, asked, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def apply(site, member):
    base = site.send(member, event("1"))["records"][0]["digest"]
    item = {"event": event("1", bizStep="storing"), "kind": 3, "amends": base}
    answer = site.post(member, canonical.encode({"items": [item]}))
    return answer.json()["applications"][0]


def test_an_application_is_listed_shown_and_approved(site, run, tmp_path):
    application = apply(site, site.member())
    (listed,) = msgspec.json.decode(run("list", "--json"))
    assert listed["id"] == application["id"]
    shown = msgspec.json.decode(run("show", application["id"]))
    assert shown["content"]["body"]["bizStep"] == "storing"
    key = tmp_path / "operator.key"
    said = run("approve", application["id"], "--operator-key", key, "--reason", "核对无误")
    assert said.strip() == f"{application['id']} recorded"
    assert msgspec.json.decode(run("list", "--json")) == []
    assert "recorded" in run("list", "--everything")


def test_an_application_is_refused_with_a_reason(site, run):
    application = apply(site, site.member())
    said = msgspec.json.decode(run("refuse", application["id"], "--reason", "不符", "--json"))
    assert (said["state"], said["reason"]) == ("refused", "不符")


def test_nothing_is_signed_but_what_was_read():
    content: Any = {"a": 1}
    shown = {"id": "x", "content": content, "digest": record.digest(content).hex()}
    assert _digest(shown) == record.digest(content)
    with pytest.raises(ShownDiffersError):
        _digest(shown | {"content": {"a": 2}})
