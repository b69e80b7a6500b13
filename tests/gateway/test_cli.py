import json
import os
import subprocess
import sys
from pathlib import Path

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


def test_the_desk_of_accounts_is_there(tmp_path):
    done = run("participant", "--help", cwd=tmp_path)
    assert done.returncode == 0
    for command in ("admit", "add-key", "revoke-key", "suspend", "recover", "issue-api-key"):
        assert command in done.stdout
