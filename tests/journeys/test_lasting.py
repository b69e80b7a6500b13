"""A machine that is kept: it goes on after kill -9, says so when its chain is lost, and carries its log on."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import httpx
import msgspec
import pytest

from gateway import demo
from gateway.devnet import Devnet
from gateway.enterprise import applying, keyfile
from gateway.processes import PERSON
from indexer.chain.deployment import Deployment
from tests.journeys import stories
from tests.journeys.lasting import Lasting, settings
from tests.world import World, until


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lasting]:
    """One folder with a product's life in it, running before and after each test."""
    made = Lasting(tmp_path_factory.mktemp("lasting") / "data")
    try:
        made.start("--demo")
        yield made
    finally:
        made.close()


def code(event: dict[str, object]) -> str:
    stated = event["event"]
    assert isinstance(stated, dict)
    return str(stated["epcList"][0])


class Load:
    """Sends several a second, whatever happens meanwhile, and remembers what was taken."""

    def __init__(self, kept: Lasting) -> None:
        self.kept = kept
        self.taken: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Load":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                answer = self.kept.post(stories.seen(stories.serial()))
            except httpx.HTTPError:
                time.sleep(0.05)
                continue
            if answer.status_code == httpx.codes.CREATED:
                self.taken.append(answer.json()["submission"])
            time.sleep(0.1)


def test_killed_in_mid_way_it_goes_on_with_all_it_had(kept: Lasting):
    whole, *_ = kept.facts["units"]
    known = kept.findings()
    deployment = (kept.folder / "deployment.json").read_bytes()
    with Load(kept) as load:
        for alone in (True, False):
            before = len(load.taken)
            until(lambda before=before: len(load.taken) > before + 3, "it takes more")  # type: ignore[misc]
            kept.kill(alone=alone)
            kept.start("--demo")
    kept.settle(load.taken)
    assert kept.findings() == known
    assert kept.scan(whole["code"]) == "VERIFIED"
    assert (kept.folder / "deployment.json").read_bytes() == deployment
    for name in ("loop", "follower"):
        assert "CHAIN_" not in (kept.folder / f"{name}.log").read_text()


def applications(kept: Lasting) -> Path:
    """Let those with keys of their own sign for the new register, as each would on its own machine."""
    folder = kept.folder.with_name("applications")
    folder.mkdir()
    deployment = Deployment.load(kept.folder / "deployment.next.json")
    for number, one in enumerate(kept.facts["participants"]):
        if one["custodial"]:
            continue
        own = settings(Path(one["settings"]))
        key = keyfile.unlock(
            Path(own["SUYUAN_KEY"]),
            lambda own=own: keyfile.secret(Path(own["SUYUAN_KEY_PASSWORD_FILE"])),  # type: ignore[misc]
        )
        known = next(each for each in demo.ENTERPRISES if each.name == one["name"])
        made = applying.admission(
            deployment, UUID(one["id"]), known.name, known.credit_code, key.private_key
        )
        (folder / f"{number}.json").write_bytes(made)
    return folder


def test_a_lost_chain_is_told_and_the_log_goes_on_on_another(kept: Lasting):
    whole, altered, *_ = kept.facts["units"]
    known = kept.findings()
    old_bundle, old_trust = kept.bundle(whole["code"]), kept.folder.with_name("old.trust.json")
    trust = msgspec.json.decode((kept.folder / "trust.json").read_bytes())
    old_trust.write_bytes(msgspec.json.encode(trust))
    assert kept.verdict(old_bundle, whole["code"], old_trust) == "VERIFIED"
    assert kept.shell("suyuan", "log", "carry-on", "--data", kept.folder).returncode == 75
    kept.stop()
    there = kept.shell("suyuan", "log", "carry-on", "--data", kept.folder)
    assert (there.returncode, "CHAIN_THERE" in there.stderr) == (2, True)

    (kept.folder / "chain" / "chain.jsonl").unlink()
    lost = kept.shell("suyuan", "up", "--data", kept.folder)
    assert lost.returncode == PERSON
    assert "CHAIN_LOST" in lost.stderr
    assert f"suyuan log carry-on --data {kept.folder}" in lost.stderr

    command = ("suyuan", "log", "carry-on", "--data", kept.folder, "--json")
    alone = kept.shell(*command)
    assert alone.returncode == 2
    assert "LEFT_BEHIND" in alone.stderr
    assert demo.MAKER.name in alone.stderr
    carried = kept.shell(*command, "--applications", applications(kept))
    assert carried.returncode == 0, carried.stderr
    kept.start()
    until(lambda: kept.scan(whole["code"]) == "VERIFIED", "the old record lies under the opening")
    assert kept.scan(altered["code"]) == "ALTERED"
    assert kept.verdict(old_bundle, whole["code"], kept.folder / "trust.json") == "UNCHECKED"
    taken = kept.post(new := stories.seen(stories.serial())).raise_for_status().json()
    kept.settle([taken["submission"]])
    assert kept.scan(code(new)) == "VERIFIED"
    assert kept.scan(whole["code"]) == "VERIFIED"
    assert kept.findings() == known
    trust["rpc"] = [{"party": "regulator", "url": "http://127.0.0.1:1"}]  # nobody has the old chain
    old_trust.write_bytes(msgspec.json.encode(trust))
    assert kept.verdict(old_bundle, whole["code"], old_trust) == "UNCHECKED"


def test_a_replaced_chain_stops_loop_and_follower_with_what_to_do(world: World, tmp_path: Path):
    world.submit(stories.seen(stories.serial()))
    world.settle()
    port = int(world.machine.devnet.url.rpartition(":")[2])
    world.machine.devnet.stop()
    with Devnet.start(tmp_path / "other", port=port):
        for name in ("loop", "follower"):
            process = world.process(name)
            until(lambda process=process: process.status is not None, f"the {name} stops")  # type: ignore[misc]
            assert process.status == PERSON
            said = process.tail(20)
            assert "CHAIN_REPLACED" in said
            assert "was expected" in said
            assert "suyuan log carry-on" in said
