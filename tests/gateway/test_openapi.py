"""What the OpenAPI document promises, held to by requests made from it: hostile, odd and plain ones."""

import subprocess
import sys
from pathlib import Path

import pytest

from gateway.web import submissions
from tests.gateway import making
from tests.gateway.web.serving import Site

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.fixture
def site(database, tmp_path):
    with Site(database, tmp_path) as served:
        yield served


def test_no_request_made_from_the_document_meets_an_answer_it_does_not_tell_of(site, monkeypatch):
    monkeypatch.setattr(submissions, "WAIT", 0.2)  # nobody anchors here
    member = site.member()
    site.send(member, making.event())
    told = subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"), "run", f"{site.url}/openapi.json",
            "--checks", CHECKS, "--max-examples", "15", "--seed", "20261122", "--no-color",
            "--header", f"Authorization: {member.headers['Authorization']}",
        ],
        capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout[-8000:] + told.stderr
