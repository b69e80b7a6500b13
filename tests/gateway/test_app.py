"""The application opens what it needs when it starts, and not before."""

import asyncio
import os
import subprocess
import sys
import time

import httpx
import pytest

from gateway.app import create_app
from gateway.settings import KeyFileError, Settings
from tests.gateway.web.serving import Site


def test_making_it_opens_nothing(tmp_path):
    settings = Settings(vault_key_file=tmp_path / "none.key", deployment=tmp_path / "none.json")
    app = create_app(settings)

    async def start():
        async with app.router.lifespan_context(app):
            pass

    with pytest.raises(KeyFileError):
        asyncio.run(start())


def test_the_command_serves_until_it_is_told_to_stop(database, tmp_path):
    site = Site(database, tmp_path)
    names = ("database_url", "deployment", "log_origin", "vault_key_file", "receipt_key_file")
    told = {f"SUYUAN_{name.upper()}": str(getattr(site.settings, name)) for name in names}
    port = 20_000 + os.getpid() % 20_000
    process = subprocess.Popen(
        [sys.executable, "-c", "from gateway.cli import main; main()", "gateway"],
        env={**os.environ, **told, "SUYUAN_PORT": str(port)},
        stderr=subprocess.PIPE,
    )
    try:
        for _ in range(300):
            assert process.poll() is None, process.communicate()
            try:
                answer = httpx.get(f"http://127.0.0.1:{port}/readyz")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        else:
            pytest.fail("it did not answer")
        assert answer.status_code == 200
        assert "server" not in answer.headers
    finally:
        process.terminate()
        _, said = process.communicate(timeout=20)
    assert process.returncode in (0, -15)
    assert b'"event": "gateway_started"' in said
