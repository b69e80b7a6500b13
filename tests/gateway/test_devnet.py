"""The local chain starts, answers, keeps no keys, and never outlives who started it."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gateway.devnet import Devnet, DevnetFailedError, DevnetRefusedError
from indexer.core.submission import address

# Of the mnemonic "test test … junk", which every tool and every thief knows.
WELL_KNOWN = "f39fd6e51aad88f6f4ce6ab8827279cfffb92266"


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended but was not yet asked after does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def gone(pid: int, patience: float = 10) -> bool:
    end = time.monotonic() + patience
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.05)
    return not alive(pid)


def number(value: object) -> int:
    assert isinstance(value, str)
    return int(value, 16)


def test_it_answers_on_loopback_with_coin_for_its_accounts(devnet: Devnet):
    assert devnet.url.startswith("http://127.0.0.1:")
    assert devnet.call("eth_chainId") == hex(31337)
    last = "0x" + address(devnet.accounts[-1]).hex()
    assert number(devnet.call("eth_getBalance", last, "latest")) > 10**20


def test_the_node_can_sign_for_nobody(devnet: Devnet):
    assert devnet.call("eth_accounts") == []
    ours = "0x" + address(devnet.accounts[0]).hex()
    with pytest.raises(DevnetRefusedError):
        devnet.call("eth_sendTransaction", {"from": ours, "to": ours, "value": "0x1"})


def test_accounts_are_drawn_anew_and_shown_to_nobody(devnet: Devnet, tmp_path: Path):
    with Devnet.start(tmp_path, accounts=3) as other:
        assert len(other.accounts) == 3
        assert not set(other.accounts) & set(devnet.accounts)
        command = Path(f"/proc/{other.process.pid}/cmdline").read_bytes()
        environment = Path(f"/proc/{other.process.pid}/environ").read_bytes()
        for key in other.accounts:
            assert key.hex().encode() not in command + environment
    told = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not any(key.hex().encode() in told for key in other.accounts)
    assert number(devnet.call("eth_getBalance", "0x" + WELL_KNOWN, "latest")) == 0


def test_many_blocks_in_a_second_do_not_run_ahead_of_the_clock(tmp_path: Path):
    with Devnet.start(tmp_path) as net:
        for _ in range(40):
            net.call("evm_mine")
        block = net.call("eth_getBlockByNumber", "latest", False)
        assert isinstance(block, dict)
        assert number(block["timestamp"]) <= time.time() + 2


def test_an_interval_mines_by_itself(tmp_path: Path):
    with Devnet.start(tmp_path, interval=50) as net:
        end = time.monotonic() + 10
        while number(net.call("eth_blockNumber")) < 3 and time.monotonic() < end:
            time.sleep(0.05)
        assert number(net.call("eth_blockNumber")) >= 3


def test_a_snapshot_can_be_reverted_to_another_history(tmp_path: Path):
    with Devnet.start(tmp_path) as net:
        snapshot = net.call("evm_snapshot")
        net.call("evm_mine")
        first = net.call("eth_getBlockByNumber", "0x1", False)
        assert net.call("evm_revert", snapshot) is True
        assert net.call("eth_blockNumber") == "0x0"
        net.call("evm_increaseTime", 5)
        net.call("evm_mine")
        second = net.call("eth_getBlockByNumber", "0x1", False)
        assert isinstance(first, dict)
        assert isinstance(second, dict)
        assert first["hash"] != second["hash"]


def test_it_stops_once_or_twice(tmp_path: Path):
    net = Devnet.start(tmp_path)
    net.stop()
    net.stop()
    assert net.process.returncode is not None
    assert gone(net.process.pid, 0)


def test_a_taken_port_is_a_failure_that_leaves_nothing(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(DevnetFailedError, match=r"devnet\.log"):
            Devnet.start(tmp_path, port=taken.getsockname()[1])
    assert "EADDRINUSE" in (tmp_path / "devnet.log").read_text()


def test_a_free_port_can_be_chosen(tmp_path: Path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Devnet.start(tmp_path, port=port) as net:
        assert net.url == f"http://127.0.0.1:{port}"


PARENT = """
import sys, time
from pathlib import Path
from gateway.devnet import Devnet
net = Devnet.start(Path(sys.argv[1]))
print(net.process.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGTERM])
def test_it_dies_with_its_parent(tmp_path: Path, blow: signal.Signals):
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": "."},
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.send_signal(blow)
        parent.wait()
        assert gone(pid)
