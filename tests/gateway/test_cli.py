import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from uuid import UUID

from gateway import demo
from gateway.settings import write_key
from tests.contracts.world import World

SUYUAN = Path(sys.executable).parent / "suyuan"


def run(*arguments, cwd=None, **settings):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("SUYUAN_")}
    return subprocess.run(
        [SUYUAN, *arguments],
        env=clean | settings,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def test_settings_tell_value_and_origin(tmp_path):
    done = run("settings", "--json", cwd=tmp_path, SUYUAN_PORT="8123")
    told = {one["name"]: one for one in json.loads(done.stdout)}
    assert (told["SUYUAN_PORT"]["value"], told["SUYUAN_PORT"]["origin"]) == ("8123", "environment")
    assert told["SUYUAN_HOST"]["origin"] == "default"


def test_a_password_in_a_url_is_not_told(tmp_path):
    url = "postgresql+psycopg://me:hidden@127.0.0.1/suyuan"
    done = run("settings", "--json", cwd=tmp_path, SUYUAN_DATABASE_URL=url)
    assert "hidden" not in done.stdout


def test_a_setting_that_does_not_do_is_a_sentence_and_exit_status_two(tmp_path):
    done = run("settings", cwd=tmp_path, SUYUAN_PORT="many")
    assert done.returncode == 2
    assert "SUYUAN_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_is_away_is_exit_status_75(tmp_path):
    url = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    done = run("db", "check", cwd=tmp_path, SUYUAN_DATABASE_URL=url)
    assert done.returncode == 75
    assert "Traceback" not in done.stderr


def test_schemas_are_checked_and_upgraded(tmp_path, database):
    done = run("db", "check", cwd=tmp_path, SUYUAN_DATABASE_URL=database.url("superuser"))
    assert (done.returncode, done.stdout.count("is at this version")) == (0, 2)
    done = run("db", "upgrade", cwd=tmp_path, SUYUAN_DATABASE_URL=database.url("superuser"))
    assert done.returncode == 0


def test_an_enterprise_is_admitted_and_its_keys_come_and_go(tmp_path, database, devnet):
    chain = World.on(devnet)
    registrar, vault = tmp_path / "registrar.key", tmp_path / "vault.key"
    write_key(registrar, chain.keys["registrar"])
    write_key(vault, secrets.token_bytes(32))
    deployment = tmp_path / "deployment.json"
    deployment.write_bytes(chain.deployment.to_json())
    settings = {
        "SUYUAN_DATABASE_URL": database.url("admin"),
        "SUYUAN_CHAIN_RPC_URLS": devnet.url,
        "SUYUAN_DEPLOYMENT": str(deployment),
        "SUYUAN_VAULT_KEY_FILE": str(vault),
    }
    words = ("participant", "admit", demo.MAKER.name, demo.MAKER.credit_code)
    done = run(*words, "--registrar-key", registrar, "--json", cwd=tmp_path, **settings)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    said = chain.participants.functions.participantOf(UUID(made["participant"]).bytes).call()
    assert said[0] == demo.MAKER.name

    done = run("participant", "key", made["participant"], "--json", cwd=tmp_path, **settings)
    issued = json.loads(done.stdout)
    assert issued["apiKey"] != made["apiKey"]
    assert run("participant", "revoke", issued["id"], cwd=tmp_path, **settings).returncode == 0
    again = run("participant", "revoke", issued["id"], cwd=tmp_path, **settings)
    assert (again.returncode, "API_KEY_MISSING" in again.stderr) == (2, True)


def test_a_wrong_credit_code_is_refused_before_the_chain_hears_of_it(tmp_path, database, devnet):
    chain = World.on(devnet)
    registrar, vault = tmp_path / "registrar.key", tmp_path / "vault.key"
    write_key(registrar, chain.keys["registrar"])
    write_key(vault, secrets.token_bytes(32))
    deployment = tmp_path / "deployment.json"
    deployment.write_bytes(chain.deployment.to_json())
    done = run(
        "participant", "admit", "名", "91440605MACX7R1K0Z", "--registrar-key", registrar,
        cwd=tmp_path, SUYUAN_DATABASE_URL=database.url("admin"),
        SUYUAN_CHAIN_RPC_URLS=devnet.url, SUYUAN_DEPLOYMENT=str(deployment),
        SUYUAN_VAULT_KEY_FILE=str(vault),
    )  # fmt: skip
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
