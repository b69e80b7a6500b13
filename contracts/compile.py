"""Solidity becomes the artifacts that every reader of the chain carries: indexer/chain/artifacts/*.json.

The artifacts are committed, and the same sources always give the same bytes: the compiler and the EVM version are
pinned, and the bytecode carries no hash of comments or paths. `python -m contracts.compile` writes them;
`--check` compiles again and exits with 1 if what is committed is not what comes out.
"""

import argparse
import hashlib
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import solcx

from contracts import node
from indexer.chain.deployment import ARTIFACTS
from indexer.core.errors import InputError

CONTRACTS = ("TraceLog", "Participants")
# Before PUSH0 and MCOPY: permissioned networks upgrade slowly.
EVM_VERSION = "paris"
_HERE = "contracts/"
_IMPORT = re.compile(r'^\s*import\s+(?:[^"\';]*\sfrom\s+)?["\']([^"\']+)["\']', re.MULTILINE)
_OUTPUT = ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"]


class CompilerWarningsError(InputError):
    """The compiler has something to say about our contracts."""

    code = "COMPILER_WARNINGS"
    sentence = "the compiler warns: {text}"


def artifacts() -> Iterator[tuple[str, bytes]]:
    """Compile all contracts and yield each artifact's file name and content."""
    sources = _sources()
    with tempfile.TemporaryDirectory() as folder:
        solc = _compiler(Path(folder))
        version = str(solcx.wrapper.get_solc_version(solc, with_commit_hash=True))
        output = solcx.compile_standard(_question(sources), solc_binary=solc)
    if output.get("errors"):  # the fatal ones were raised; we leave no warning standing
        raise CompilerWarningsError(
            text="\n".join(one["formattedMessage"] for one in output["errors"])
        )
    for name in CONTRACTS:
        built = output["contracts"][f"{_HERE}{name}.sol"][name]
        yield f"{name}.json", _artifact(name, built, version, sources)


def _question(sources: dict[str, str]) -> dict[str, Any]:
    """Phrase the compiler's Standard JSON input."""
    return {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in sources.items()},
        "settings": {
            "evmVersion": EVM_VERSION,
            "optimizer": {
                "enabled": True,
                "runs": 10_000,
            },  # anchoring is frequent, deployment is not
            "metadata": {"appendCBOR": False, "bytecodeHash": "none"},
            "outputSelection": {"*": {"*": _OUTPUT}},
        },
    }


def _artifact(name: str, built: dict[str, Any], version: str, sources: dict[str, str]) -> bytes:
    """Write one artifact: sorted, indented, a full stop of one line feed."""
    content = {
        "contractName": name,
        "compiler": version,
        "evmVersion": EVM_VERSION,
        "abi": built["abi"],
        "bytecode": built["evm"]["bytecode"]["object"],
        "deployedBytecode": built["evm"]["deployedBytecode"]["object"],
        "sources": {
            source: hashlib.sha256(sources[source].encode()).hexdigest()
            for source in _reached(f"{_HERE}{name}.sol", sources)
        },
    }
    return (
        msgspec.json.format(msgspec.json.encode(content, order="deterministic"), indent=1) + b"\n"
    )


def _sources() -> dict[str, str]:
    """Gather our contracts and everything they import, by the name the compiler knows each under."""
    found: dict[str, str] = {}
    waiting = [f"{_HERE}{name}.sol" for name in CONTRACTS]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = _locate(name).read_text(encoding="utf-8")
            waiting.extend(_imports(name, found[name]))
    return dict(sorted(found.items()))


def _reached(start: str, sources: dict[str, str]) -> list[str]:
    """List the sources one contract is made from."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(_imports(name, sources[name]))
    return sorted(reached)


def _imports(name: str, text: str) -> Iterator[str]:
    """Yield what a source imports, relative names made whole."""
    for target in _IMPORT.findall(text):
        if target.startswith("."):
            parts: list[str] = name.split("/")[:-1]
            for part in target.split("/"):
                if part == "..":
                    parts.pop()
                elif part != ".":
                    parts.append(part)
            yield "/".join(parts)
        else:
            yield target


def _locate(name: str) -> Path:
    """Find a source on disk: ours here, others in their npm package."""
    if name.startswith(_HERE):
        return node.ROOT / name
    scope, package, rest = name.split("/", 2)
    return node.package(f"{scope}/{package}") / rest


def _compiler(folder: Path) -> Path:
    """Write the one-line program through which py-solc-x runs the compiler of the npm lock."""
    program = folder / "solc"
    shim = Path(__file__).with_name("solc.cjs")
    program.write_text(
        f'#!/bin/sh\nexec {shlex.quote(str(node.binary()))} {shlex.quote(str(shim))} "$@"\n'
    )
    program.chmod(0o700)
    return program


def main(arguments: list[str] | None = None) -> int:
    """Write the artifacts, or compare them."""
    parser = argparse.ArgumentParser(prog="python -m contracts.compile", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 if they differ")
    parser.add_argument("--into", type=Path, default=ARTIFACTS, help="folder of the artifacts")
    options = parser.parse_args(arguments)
    stale = 0
    for name, content in artifacts():
        path = options.into / name
        if path.is_file() and path.read_bytes() == content:
            continue
        stale += 1
        if options.check:
            print(f"{path} is not what the sources give: run make contracts", file=sys.stderr)
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
            print(f"{path} written")
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
