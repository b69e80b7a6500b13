"""`suyuan up --data` as its user has it: started, killed and started again, asked over HTTP and from a shell."""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec

from tests.world import until

BIN = Path(sys.executable).parent
READY = "Ctrl-C stops everything"


def settings(file: Path) -> dict[str, str]:
    """Read one of the files that `up` leaves for shells."""
    lines = (line.partition("=") for line in file.read_text().splitlines())
    return {name: shlex.split(value)[0] if value else "" for name, _, value in lines}


def clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("SUYUAN_")}


def family(pid: int) -> list[int]:
    """A process and all that came of it."""
    parents = {}
    for entry in Path("/proc").iterdir():
        try:
            stat = (entry / "stat").read_text().rpartition(")")[2].split()
            parents[int(entry.name)] = int(stat[1])
        except (OSError, ValueError):
            continue
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


@dataclass
class Lasting:
    """One folder and, while it runs, its program."""

    folder: Path
    program: "subprocess.Popen[bytes] | None" = None
    starts: int = 0
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        return self.folder.with_name(f"up.{self.starts}.log")

    def start(self, *options: str) -> None:
        """Start the program and wait until it is ready."""
        self.starts += 1
        with self.log.open("wb") as log:
            self.program = subprocess.Popen(
                [BIN / "suyuan", "up", "--data", self.folder, *options],
                stdout=log,
                stderr=log,
                env=clean(),
                start_new_session=True,
            )
        until(lambda: self._ready() or self._ended(), "it is ready", 120)
        assert self._ready(), self.log.read_text()
        self.facts = self.facts or msgspec.json.decode((self.folder / "demo.json").read_bytes())

    def _ready(self) -> bool:
        return READY in self.log.read_text()

    def _ended(self) -> bool:
        return self.program is not None and self.program.poll() is not None

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        assert self.program is not None
        self.program.send_signal(signal.SIGINT)
        assert self.program.wait(60) == 0, self.log.read_text()

    def kill(self, *, alone: bool = False) -> None:
        """Kill the program, alone or with everything that came of it."""
        assert self.program is not None
        victims = [self.program.pid] if alone else family(self.program.pid)
        for pid in victims:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.program.wait()

    def close(self) -> None:
        if self.program is not None and self.program.poll() is None:
            self.program.send_signal(signal.SIGINT)
            self.program.wait(60)

    @property
    def gateway(self) -> str:
        return settings(self.folder / "web.env")["SUYUAN_PUBLIC_URL"]

    def post(self, *items: dict[str, Any]) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.facts['participants'][1]['apiKey']}"}
        url = f"{self.gateway}/api/v1/submissions"
        return httpx.post(url, json={"items": list(items)}, headers=headers, timeout=30)

    def state(self, submission: str) -> str:
        headers = {"Authorization": f"Bearer {self.facts['participants'][1]['apiKey']}"}
        url = f"{self.gateway}/api/v1/submissions/{submission}"
        return str(httpx.get(url, headers=headers).raise_for_status().json()["state"])

    def bundle(self, code: str) -> bytes:
        path = code.removeprefix("https://id.gs1.org")
        url = self.gateway + path
        return httpx.get(url, headers={"Accept": "application/json"}).raise_for_status().content

    def verdict(self, bundle: bytes, code: str, trust: Path, *more: str) -> str:
        """Check a bundle with the node's own command."""
        file = self.folder.with_name("bundle.json")
        file.write_bytes(bundle)
        asked: list[str | Path] = ["verify", file, "--code", code, "--trust", trust, "--json"]
        done = self.shell("suyuan-node", *asked, *more)
        assert done.returncode in (0, 1), done.stderr
        return str(msgspec.json.decode(done.stdout)["state"])

    def scan(self, code: str) -> str:
        return self.verdict(self.bundle(code), code, self.folder / "trust.json")

    def findings(self) -> set[tuple[str, str | None]]:
        env = settings(self.folder / "node.env")
        done = self.shell("suyuan-node", "reconcile", "--json", env=env)
        assert done.returncode in (0, 1), done.stderr
        found = msgspec.json.decode(done.stdout)["findings"]
        return {(one["kind"], one["record"]) for one in found}

    def shell(
        self, *words: str | Path, env: dict[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [BIN / words[0], *words[1:]],
            env=clean() | (env or {}),
            capture_output=True,
            text=True,
            check=False,
        )

    def settle(self, submissions: Sequence[str]) -> None:
        """Wait until all of these are final."""
        end = time.monotonic() + 60
        for one in submissions:
            until(lambda one=one: self.state(one) == "final", one, end - time.monotonic())  # type: ignore[misc]
