"""`make bench`: what this machine does, measured on real parts, as a table and as JSON.

Each figure that depends on the machine's speed stands beside a baseline of the same run. Everything shares the cores:
load generator, PostgreSQL, chain and all of Suyuan's processes.
"""

import argparse
import hashlib
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
from rich.console import Console
from rich.table import Table

from gateway import actors, demo, draft, signed, up
from gateway.devnet import Devnet
from gateway.draft import Limits
from gateway.enterprise.signing import Given, Signer
from gateway.machine import Machine
from gateway.processes import Processes
from gateway.vault import Vault
from indexer.chain import sighting
from indexer.chain.client import Client
from indexer.core import canonical, proof, submission
from indexer.core.bundle import Bundle
from indexer.core.record import Kind
from indexer.core.sighting import Sighting
from indexer.core.trust import Trust
from indexer.store.engine import engine
from tests import following, phone
from tests.contracts import gas
from tests.contracts.world import World

ITEMS = 100  # records in a submission
console = Console(stderr=True, highlight=False)


def main() -> None:
    """Run every measurement, print the table, write bench.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="length of the load")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--out", type=Path, default=Path(".suyuan/bench.json"))
    options = parser.parse_args()
    results: dict[str, Any] = {"machine": _machine(), "at": datetime.now(UTC).isoformat()}
    results["baseline"] = _baseline()
    results["intake"] = _signatures()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "bench"
        processes = Processes(console.print)
        where = up.addresses(lan=False, say=console.print)
        with Machine.open(place, console.print, origin="suyuan.example/bench") as machine:
            try:
                up.start(machine, where, processes)
                key = _key(machine)
                results["load"] = _load(machine, where, key, options.seconds, options.clients)
                results["verification"] = _verification(machine, where)
                results["verification"] |= _phone(machine, where, key)
            finally:
                processes.stop()
            results["follower"] = _follower(machine)
    results["gas"] = _gas()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_bytes(msgspec.json.format(msgspec.json.encode(results)))
    _print(results)
    console.print(f"written to {options.out}")
    sys.exit(0 if results["load"]["lost"] == 0 else 1)


def _machine() -> dict[str, Any]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return {
        "cores": os.cpu_count(),
        "processor": platform.machine(),
        "python": platform.python_version(),
        "commit": commit.stdout.strip(),
    }


def _baseline() -> dict[str, float]:
    """How fast one core hashes a kilobyte, to compare machines by."""
    block, rounds = b"x" * 1024, 200_000
    begin = time.perf_counter()
    for _ in range(rounds):
        hashlib.sha256(block).digest()
    return {"sha256 of 1 kB, per second": rounds / (time.perf_counter() - begin)}


def _signatures() -> dict[str, float]:
    """What it costs at intake to hold a submission's signature to what was sent, contents hashed already."""
    signer = Signer(submission.log_id("suyuan.example/bench"), UUID(int=7), b"\1" * 32)
    at = datetime(2026, 11, 1, tzinfo=UTC)
    given = Given("", demo.inspected(demo.epc("B"), at, 1), Kind.EVENT)
    body = signer.sign(0, [signer.ready(given)]).body
    vault, limits = Vault(b"\2" * 32), Limits(ITEMS, 1 << 20)
    sent = draft.read(canonical.decode(body), signer.participant, vault, limits)
    assert sent.signed is not None
    took = []
    for _ in range(2_000):
        begin = time.perf_counter()
        signed.check_signature(signer.log, signer.participant, sent, sent.signed)
        took.append(time.perf_counter() - begin)
    return {
        "signature of a submission p50 µs": 1e6 * statistics.median(took),
        "signature of a submission p99 µs": 1e6 * _quantile(took, 0.99),
    }


def _key(machine: Machine) -> str:
    """Admit the enterprises and give the maker's API key."""
    admitted = actors.admit(machine, [demo.MAKER], (), datetime.now(UTC))
    return admitted[demo.MAKER.name].api_key


def _load(
    machine: Machine, where: up.Addresses, key: str, seconds: int, clients: int
) -> dict[str, Any]:
    """Post submissions of single-item events from several connections, then wait until all are final."""
    stop, counted, lock = time.monotonic() + seconds, [0], threading.Lock()
    waits: list[float] = []

    def client(number: int) -> None:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        with httpx.Client(base_url=where.gateway, headers=headers, timeout=60) as http:
            turn = 0
            while time.monotonic() < stop:
                body = _body(number, turn)
                begin = time.perf_counter()
                http.post("/api/v1/submissions", content=body).raise_for_status()
                with lock:
                    counted[0] += ITEMS
                    waits.append(time.perf_counter() - begin)
                turn += 1

    begin = time.monotonic()
    with ThreadPoolExecutor(clients) as pool:
        for done in [pool.submit(client, number) for number in range(clients)]:
            done.result()
    sent = time.monotonic() - begin
    final, total = _until_final(machine, counted[0])
    return {
        "records sent": counted[0],
        "records accepted per second": counted[0] / sent,
        "records final per second": final / total(begin),
        "lost": counted[0] - final,
        "submission p50 ms": 1000 * statistics.median(waits),
        "submission p99 ms": 1000 * _quantile(waits, 0.99),
        "seconds from last receipt to all final": total(begin) - sent,
        "bytes per record on disk": _disk(machine) / max(final, 1),
    }


def _body(number: int, turn: int) -> bytes:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    events = [
        demo.inspected(demo.epc(f"B{number}T{turn}N{item}"), at, item % 7) for item in range(ITEMS)
    ]
    return msgspec.json.encode({"items": [{"event": event} for event in events]})


def _until_final(machine: Machine, wanted: int) -> tuple[int, Any]:
    store = engine(machine.database_url("node"))
    query = (
        "select coalesce(sum(p.count), 0) from ledger.placement p where p.first_index + p.count < "
        "(select coalesce(max(a.size), 0) from ledger.anchor a, ledger.cursor c"
        " where a.block_number <= c.final_number)"
    )
    end, final = time.monotonic() + 120, 0
    with store.connect() as connection:
        while final < wanted and time.monotonic() < end:
            final = int(connection.exec_driver_sql(query).scalar_one())
            connection.rollback()
            time.sleep(0.1)
    store.dispose()
    stopped = time.monotonic()
    return final, lambda begin: stopped - begin


def _disk(machine: Machine) -> int:
    store = engine(machine.database_url("superuser"))
    with store.connect() as connection:
        size = connection.exec_driver_sql(
            "select pg_database_size(current_database())"
        ).scalar_one()
    store.dispose()
    return int(size)


def _verification(machine: Machine, where: up.Addresses) -> dict[str, float]:
    """Verify bundles as a program does: fetch, gather the node's sighting once, check."""
    trust = Trust.from_json((machine.folder / "trust.json").read_bytes())
    took: list[float] = []
    fetched: list[float] = []
    seen: list[Sighting] = []
    for turn in range(100):
        code = demo.epc(f"B0T0N{turn % ITEMS}")
        begin = time.perf_counter()
        answer = httpx.get(f"{where.gateway}/api/v1/trace/{code}").raise_for_status()
        fetched.append(time.perf_counter() - begin)
        bundle = Bundle.from_json(msgspec.json.encode(answer.json()["bundle"]))
        if not seen:
            with Client([trust.rpc[0].url]) as client:
                seen = [sighting.gather(client, trust.rpc[0].party, trust, bundle)]
        begin = time.perf_counter()
        verdict = proof.check(bundle, code, trust, seen)
        took.append(time.perf_counter() - begin)
        assert verdict.state == "VERIFIED", verdict
    return {
        "answer over HTTP p50 ms": 1000 * statistics.median(fetched),
        "answer over HTTP p99 ms": 1000 * _quantile(fetched, 0.99),
        "check of one record p50 ms": 1000 * statistics.median(took),
        "check of one record p99 ms": 1000 * _quantile(took, 0.99),
    }


def _phone(machine: Machine, where: up.Addresses, key: str) -> dict[str, float]:
    at = datetime(2026, 11, 1, tzinfo=UTC)

    def settle() -> None:
        store = engine(machine.database_url("node"))
        with store.connect() as connection:
            total = "select coalesce(sum(count), 0) from ledger.submission"
            wanted = int(connection.exec_driver_sql(total).scalar_one())
        store.dispose()
        _until_final(machine, wanted)

    def make(code: str) -> bytes:
        return msgspec.json.encode({"items": [{"event": demo.inspected(code, at, 1)}]})

    return phone.measure(where, key, settle, make)


def _quantile(values: list[float], at: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * at))]


def _follower(machine: Machine) -> dict[str, float]:
    return following.measure(machine)


def _gas() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, Devnet.start(Path(folder)) as net:
        costs = gas.measure(World.on(net))
    return {f"anchor {cost.size:,} + {cost.batch:,} leaves, gas": cost.gas for cost in costs}


def _print(results: dict[str, Any]) -> None:
    table = Table("what", "figure")
    for group in ("baseline", "intake", "load", "verification", "follower", "gas"):
        table.add_section()
        for name, value in results[group].items():
            table.add_row(name, f"{value:,.1f}" if isinstance(value, float) else f"{value:,}")
    Console().print(table)


if __name__ == "__main__":
    main()
