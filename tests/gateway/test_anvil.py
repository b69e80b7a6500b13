"""The chain that lasts: the same at every start, whoever was killed when; only transactions change it."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from eth_account import Account

from gateway.anvil import FILE, Anvil, ChainBusyError, ChainUnlikeError
from gateway.devnet import DevnetFailedError, DevnetRefusedError
from indexer.core.canonical import Json
from indexer.core.submission import address
from tests.gateway.test_devnet import gone, number
from tests.world import until

KEYS = [bytes([place]) * 32 for place in (1, 2)]


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Anvil]:
    with start(tmp_path / "chain") as net:
        yield net


def start(folder: Path) -> Anvil:
    return Anvil.keep(folder, KEYS, datetime.now(UTC))


def pay(net: Anvil, nonce: int, *, key: bytes = KEYS[0]) -> str:
    """Sign a payment of one to the second account."""
    fields = {
        "chainId": number(net.call("eth_chainId")),
        "nonce": nonce,
        "to": Account.from_key(KEYS[1]).address,
        "value": 1,
        "gas": 21_000,
        "gasPrice": 2 * 10**9,
    }
    return "0x" + bytes(Account.sign_transaction(fields, key).raw_transaction).hex()


def send(net: Anvil, count: int, first: int = 0) -> None:
    for nonce in range(first, first + count):
        net.call("eth_sendRawTransaction", pay(net, nonce))


def block(net: Anvil, at: str = "latest") -> dict[str, Json]:
    found = net.call("eth_getBlockByNumber", at, False)
    assert isinstance(found, dict)
    return found


def answers(net: Anvil) -> bool:
    try:
        net.call("eth_chainId")
    except (httpx.HTTPError, ValueError):
        return False
    return True


def test_it_is_the_same_chain_at_every_start(tmp_path: Path):
    with start(tmp_path / "chain") as net:
        send(net, 3)
        seen = [block(net, hex(at)) for at in range(4)]
    with start(tmp_path / "chain") as net:
        assert [block(net, hex(at)) for at in range(4)] == seen
        assert block(net) == seen[3]
        logs = net.call("eth_getTransactionReceipt", str(seen[2]["transactions"][0]))  # type: ignore[index]
        assert isinstance(logs, dict)
        assert logs["blockHash"] == seen[2]["hash"]
        send(net, 1, 3)
        assert block(net)["parentHash"] == seen[3]["hash"]


def test_no_two_chains_are_alike(tmp_path: Path):
    now = datetime(2026, 11, 25, tzinfo=UTC)
    with Anvil.keep(tmp_path / "a", KEYS, now) as one, Anvil.keep(tmp_path / "b", KEYS, now) as two:
        assert block(one, "0x0")["hash"] != block(two, "0x0")["hash"]
        assert one.call("eth_chainId") != two.call("eth_chainId")


def test_every_transaction_is_a_block_at_once_that_keeps_the_time(chain: Anvil):
    send(chain, 30)
    assert number(block(chain)["number"]) == 30
    assert number(block(chain)["timestamp"]) <= datetime.now(UTC).timestamp() + 1


def test_what_was_sent_is_on_disk_before_it_is_answered(chain: Anvil):
    file = chain.folder / FILE
    send(chain, 1)
    assert pay(chain, 0) in file.read_text()
    assert file.read_text().count("\n") == 2
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for key in KEYS:
        assert key.hex() not in file.read_text()


def test_what_is_refused_leaves_nothing(chain: Anvil):
    send(chain, 1)
    before = (chain.folder / FILE).read_bytes()
    poor = pay(chain, 0, key=b"\3" * 32)
    for refused in (pay(chain, 0), poor, "0x00"):
        with pytest.raises(DevnetRefusedError):
            chain.call("eth_sendRawTransaction", refused)
    assert (chain.folder / FILE).read_bytes() == before
    assert number(block(chain)["number"]) == 1


def test_a_gap_of_nonces_is_filled_as_it_was_when_it_starts_again(tmp_path: Path):
    with start(tmp_path / "chain") as net:
        for nonce in (1, 0, 2):
            net.call("eth_sendRawTransaction", pay(net, nonce))
        last = block(net)
        assert number(block(net)["number"]) == 3
    with start(tmp_path / "chain") as net:
        assert block(net) == last


@pytest.mark.parametrize(
    "method", ["evm_mine", "anvil_setBalance", "hardhat_reset", "eth_sendTransaction", "eth_sign"]
)
def test_nobody_moves_the_chain_but_by_a_transaction(chain: Anvil, method: str):
    assert chain.call("eth_accounts") == []
    with pytest.raises(DevnetRefusedError, match="knows no method"):
        chain.call(method, "0x" + address(KEYS[0]).hex(), "0x0")


@pytest.mark.parametrize("victim", ["node", "anvil"])
def test_whoever_of_it_is_killed_comes_back_with_every_block(chain: Anvil, victim: str):
    send(chain, 5)
    last, url, process = block(chain), chain.url, chain.process
    if victim == "node":
        process.send_signal(signal.SIGKILL)
    else:
        os.kill(anvil_of(process.pid), signal.SIGKILL)
    until(lambda: chain.process is not process and answers(chain), "it is back")
    assert (block(chain), chain.url) == (last, url)
    send(chain, 1, 5)


def anvil_of(node: int) -> int:
    guard = int(Path(f"/proc/{node}/task/{node}/children").read_text().split()[0])
    return int(Path(f"/proc/{guard}/task/{guard}/children").read_text().split()[0])


def test_a_last_line_that_was_torn_was_never_acted_upon(tmp_path: Path):
    with start(tmp_path / "chain") as net:
        send(net, 2)
        last = block(net)
    file = tmp_path / "chain" / FILE
    whole = file.read_bytes()
    file.write_bytes(whole + b'{"parent":"0x12')
    with start(tmp_path / "chain") as net:
        assert block(net) == last
    assert file.read_bytes() == whole


def test_a_line_nobody_was_answered_for_becomes_the_block_it_would_have_been(tmp_path: Path):
    with start(tmp_path / "chain") as net:
        send(net, 1)
        line = (tmp_path / "chain" / FILE).read_text().splitlines()[1]
        parent, raw = block(net)["hash"], pay(net, 1)
    with (tmp_path / "chain" / FILE).open("a") as file:
        file.write(
            line.split('"parent":"')[0] + f'"parent":"{parent}","time":2000000000,"raw":"{raw}"}}\n'
        )
    with start(tmp_path / "chain") as net:
        assert number(block(net)["number"]) == 2
        with pytest.raises(DevnetRefusedError):
            net.call("eth_sendRawTransaction", raw)


def test_a_file_that_was_changed_is_refused_and_never_written(tmp_path: Path):
    with start(tmp_path / "chain") as net:
        send(net, 3)
    file = tmp_path / "chain" / FILE
    first, one, *rest = file.read_text().splitlines(keepends=True)
    del one
    file.write_text("".join([first, *rest]))
    before = file.read_bytes()
    with pytest.raises(ChainUnlikeError, match="does not make the chain it once made"):
        start(tmp_path / "chain")
    assert file.read_bytes() == before


def test_two_programs_do_not_share_a_chain(chain: Anvil):
    with pytest.raises(ChainBusyError, match=str(os.getpid())):
        start(chain.folder)
    assert answers(chain)


def test_a_node_that_cannot_start_says_where_its_log_is(tmp_path: Path):
    (tmp_path / FILE).write_text('{"chainId": 1, "genesis": {"alloc": 7}}\n')
    with pytest.raises(DevnetFailedError, match=r"anvil\.log"):
        start(tmp_path)


PARENT = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from gateway.anvil import Anvil
net = Anvil.keep(Path(sys.argv[1]), [bytes([1]) * 32], datetime.now(UTC))
print(net.process.pid, flush=True)
time.sleep(600)
"""


def test_it_dies_with_its_parent_and_can_be_started_again_at_once(tmp_path: Path):
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path / "chain")],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": "."},
    ) as parent:
        assert parent.stdout is not None
        node = int(parent.stdout.readline())
        anvil = anvil_of(node)
        parent.kill()
        parent.wait()
    with start(tmp_path / "chain"):
        pass
    assert gone(node)
    assert gone(anvil)


def test_stopping_twice_is_fine(tmp_path: Path):
    net = start(tmp_path / "chain")
    net.stop()
    net.stop()
    assert gone(net.process.pid, 0)
