"""The rules of the house that no linter knows; one short test each."""

import importlib
import json
import pkgutil
import re
from pathlib import Path

import pytest
from typer.main import get_command

from indexer.core import errors

ROOT = Path(__file__).parent.parent
PACKAGES = ("gateway", "indexer", "contracts")
LONGEST = 300
STAGES = {
    "gateway/intake.py": 1,
    "gateway/sequencer.py": 2,
    "gateway/anchorer.py": 3,
    "gateway/verifier.py": 4,
    "indexer/follower.py": 5,
    "indexer/reconciler.py": 6,
}


def modules():
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if path.name != "__init__.py" and "migrations" not in path.parts:
                yield path.relative_to(ROOT)


MODULES = list(modules())


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_every_module_has_its_test_file(module):
    assert (ROOT / "tests" / module.parent / f"test_{module.name}").exists()


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_no_module_holds_two_ideas(module):
    assert len((ROOT / module).read_text().splitlines()) <= LONGEST


def test_packages_hold_no_code_but_a_docstring():
    for package in PACKAGES:
        for path in (ROOT / package).rglob("__init__.py"):
            lines = path.read_text().strip().splitlines()
            assert len(lines) >= 1, path
            assert path.read_text().strip().startswith('"""'), path
            assert path.read_text().strip().endswith('"""'), path


def every_error():
    for package in PACKAGES:
        for found in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            if "migrations" not in found.name:
                importlib.import_module(found.name)
    seen, queue = set(), [errors.SuyuanError]
    while queue:
        kind = queue.pop()
        for child in kind.__subclasses__():
            if child not in seen and child.__module__.split(".")[0] in PACKAGES:
                seen.add(child)
                queue.append(child)
    return seen


def test_every_error_has_a_code_of_its_own_and_a_family():
    codes: dict[str, type[errors.SuyuanError]] = {}
    for kind in every_error():
        assert re.fullmatch(r"[A-Z][A-Z0-9_]+", kind.code), kind
        assert "code" in vars(kind), f"{kind} borrows its parent's code"
        assert kind.code not in codes, f"{kind} and {codes.get(kind.code)} share {kind.code}"
        codes[kind.code] = kind
        assert errors.outside(errors.HTTP, kind.__new__(kind)) in errors.HTTP.values()


def test_every_family_is_in_the_drawn_tree():
    for family in errors.HTTP:
        assert family.__name__ in (errors.__doc__ or "")


def test_solidity_events_and_errors_are_in_the_contracts_readme():
    readme = (ROOT / "contracts/README.md").read_text()
    declared = set()
    for source in (ROOT / "contracts").glob("*.sol"):
        declared |= set(re.findall(r"^\s*(?:event|error)\s+(\w+)", source.read_text(), re.M))
    assert declared
    assert not [name for name in sorted(declared) if name not in readme]


def test_every_setting_is_in_the_readme():
    from gateway.settings import Settings as GatewaySettings
    from indexer.settings import Settings as NodeSettings

    readme = (ROOT / "README.md").read_text()
    names = {*GatewaySettings.model_fields, *NodeSettings.model_fields}
    assert not [name for name in sorted(names) if f"`{name.upper()}`" not in readme]


def test_every_make_target_in_the_readme_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"\bmake ([a-z-]+)", (ROOT / "README.md").read_text()))
    assert named
    assert named <= targets


def test_every_command_in_the_readme_exists():
    readme = (ROOT / "README.md").read_text()
    from gateway.cli import app as gateway_app
    from indexer.cli import app as node_app

    for program, app in (("suyuan", gateway_app), ("suyuan-node", node_app)):
        known = set(get_command(app).commands)  # type: ignore[attr-defined]
        named = set(re.findall(rf"^\.venv/bin/{program} ([a-z]+)", readme, re.M))
        assert named <= known, program


def test_nobody_commits_inside_a_desk_or_a_stage():
    # migrate.py takes a session lock around alembic's own transactions.
    guilty = [
        str(path)
        for path in MODULES
        if ".commit(" in (ROOT / path).read_text() and str(path) != "indexer/store/migrate.py"
    ]
    assert guilty == []


@pytest.mark.parametrize(("module", "number"), STAGES.items())
def test_every_stage_says_its_number(module, number):
    first = (ROOT / module).read_text().splitlines()[0]
    assert first.startswith(f'"""Stage {number}: '), first


def test_committed_vectors_parse():
    files = sorted((ROOT / "indexer/core/vectors").glob("*.json"))
    assert {file.stem.split(".")[0] for file in files} >= {
        "canonical", "code", "record", "disclosure", "submission", "merkle", "checkpoint", "proof",
    }  # fmt: skip
    for file in files:
        vectors = json.loads(file.read_text())
        assert vectors["format"] == "suyuan/vectors/v1"
        assert vectors["cases"]


def test_no_todo_stands_without_an_issue():
    guilty = [
        str(path) for path in MODULES if re.search(r"\bTODO\b(?! #\d)", (ROOT / path).read_text())
    ]
    assert guilty == []


def test_only_the_anchorer_and_the_administrator_send_transactions():
    sending = re.compile(r"eth_sendRawTransaction|send_raw_transaction")
    senders = {str(path) for path in MODULES if sending.search((ROOT / path).read_text())}
    assert senders == {"gateway/sender.py", "contracts/sending.py"}
