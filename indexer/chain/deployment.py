"""Which chain, and where on it our contracts are: what a reader must know before it believes any answer of a node.

The genesis hash tells this chain from any other that uses its number. `block` is the first that can hold an event of
ours, so that nobody walks the chain from its beginning.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from indexer.core import canonical
from indexer.core.errors import InputError

ARTIFACTS = Path(__file__).with_name("artifacts")  # written by contracts/compile.py
FORMAT = "suyuan/deployment/v1"
_LIMIT = 2**53


class MisshapenDeploymentError(InputError):
    """A deployment file that does not say what it should."""

    code = "DEPLOYMENT_MISSHAPEN"
    sentence = "the deployment file is wrong at {place}"


@dataclass(frozen=True)
class Deployment:
    """The chain's number and genesis hash, both contracts' addresses, and the block of the first of them."""

    chain_id: int
    genesis: bytes
    trace_log: bytes
    participants: bytes
    block: int

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the file that `contracts.operate deploy` writes."""
        return cls.from_json(path.read_bytes())

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read what `to_json` writes; other members are ignored."""
        value = canonical.decode(data)
        if not isinstance(value, dict):
            raise MisshapenDeploymentError
        if value.get("format") != FORMAT:
            raise MisshapenDeploymentError(place="/format")
        return cls(
            chain_id=_number(value, "chainId"),
            genesis=_hex(value, "genesis", 32),
            trace_log=_hex(value, "traceLog", 20),
            participants=_hex(value, "participants", 20),
            block=_number(value, "block"),
        )

    def to_json(self) -> bytes:
        """Write one line of JSON."""
        value: canonical.Members = {
            "format": FORMAT,
            "chainId": self.chain_id,
            "genesis": self.genesis.hex(),
            "traceLog": self.trace_log.hex(),
            "participants": self.participants.hex(),
            "block": self.block,
        }
        return canonical.encode(value) + b"\n"


def exchange(file: Path, old: Deployment, new: Deployment) -> Path:
    """Put the new deployment into the file and keep the old one beside it; return where."""
    kept = aside(file, old)
    if file.exists() and Deployment.load(file).genesis == old.genesis:
        kept.write_bytes(file.read_bytes())
    fresh = file.with_name(f"{file.name}.new")
    fresh.write_bytes(new.to_json())
    fresh.replace(file)
    return kept


def aside(path: Path, old: Deployment) -> Path:
    """Name what belonged to an old chain after it: its id and the beginning of its genesis block's hash."""
    mark = f"{old.chain_id}.{old.genesis.hex()[:8]}"
    return path.with_name(f"{path.stem}.{mark}{path.suffix}")


def _number(value: canonical.Members, name: str) -> int:
    number = value.get(name)
    if type(number) is not int or not 0 <= number < _LIMIT:
        raise MisshapenDeploymentError(place=f"/{name}")
    return number


def _hex(value: canonical.Members, name: str, size: int) -> bytes:
    text = value.get(name)
    if not isinstance(text, str) or len(text) != 2 * size or set(text) - set("0123456789abcdef"):
        raise MisshapenDeploymentError(place=f"/{name}")
    return bytes.fromhex(text)
