"""Which programs run: the named directory or none, the wheel's before the system's, a cluster's own version."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.store.binaries import Account, NoBinariesError, find
from tests.indexer.store.starter import WHEEL, copy_bag


@pytest.fixture
def account(tmp_path: Path) -> Account:
    return Account.of(tmp_path / "cluster")


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A directory every account can enter, which pytest's own is not."""
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


def pretend(place: Path, version: str) -> Path:
    """Make programs that only know their version."""
    place.mkdir()
    for name in ("postgres", "initdb"):
        (place / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (place / name).chmod(0o755)
    return place


def test_the_wheel_goes_first(account: Account, open_to_all: Path) -> None:
    found = find(None, account, open_to_all, None)
    assert found.major == 18
    assert found.copy or found.directory == WHEEL
    found.discard()


def test_a_cluster_is_given_its_own_version(account: Account, open_to_all: Path) -> None:
    found = find(None, account, open_to_all, 16)
    assert found.major == 16
    found.discard()
    with pytest.raises(NoBinariesError, match="of version 14"):
        find(None, account, open_to_all, 14)


def test_a_named_directory_is_the_only_one(account: Account, open_to_all: Path) -> None:
    bag = pretend(open_to_all / "bin", "17.2 (Custom)")
    assert find(bag, account, open_to_all, None).directory == bag
    with pytest.raises(NoBinariesError, match="is version 17"):
        find(bag, account, open_to_all, 18)


def test_links_are_followed_to_where_the_libraries_are(account: Account, open_to_all: Path) -> None:
    bag = pretend(open_to_all / "bin", "17.2")
    (open_to_all / "links").mkdir()
    (open_to_all / "links" / "postgres").symlink_to(bag / "postgres")
    assert find(open_to_all / "links", account, open_to_all, None).directory == bag


@pytest.mark.parametrize("version", ["14.9", "9.6.24", "nonsense"])
def test_what_is_too_old_or_strange_is_refused(
    version: str, account: Account, open_to_all: Path
) -> None:
    bag = pretend(open_to_all / "bin", version)
    with pytest.raises(NoBinariesError) as refused:
        find(bag, account, open_to_all, None)
    assert str(bag) in str(refused.value)


def test_an_empty_directory_is_refused(account: Account, open_to_all: Path) -> None:
    with pytest.raises(NoBinariesError, match="has no initdb"):
        find(open_to_all, account, open_to_all, None)


def test_closed_programs_are_copied_beside_the_cluster_where_that_is_open(
    account: Account, open_to_all: Path, tmp_path: Path
) -> None:
    """For ourselves nothing is closed that we own, and nothing is copied."""
    bag = copy_bag(tmp_path / "closed")
    (tmp_path / "closed").chmod(0o700)
    found = find(bag, account, open_to_all, None)
    if not account.lent:
        assert (found.directory, found.copy) == (bag, None)
        return
    assert found.copy
    assert found.copy.parent == open_to_all
    again = find(bag, account, open_to_all, None)
    assert not found.copy.exists(), "what a killed starter left is swept"
    again.discard()
    assert list(open_to_all.iterdir()) == []


def test_copies_of_other_data_directories_stay(account: Account, open_to_all: Path) -> None:
    other = Path(tempfile.mkdtemp(prefix="suyuan-postgres-1-1-", dir=open_to_all))
    find(pretend(open_to_all / "bin", "17.2"), account, open_to_all, None)
    assert other.exists()


def test_root_lends_an_account_without_privileges(tmp_path: Path) -> None:
    account = Account.of(tmp_path / "cluster")
    assert account.uid != 0
    assert account.lent == (os.geteuid() == 0)
    assert account.identity.get("user", os.geteuid()) == account.uid


def test_a_clusters_owner_stays(tmp_path: Path) -> None:
    cluster = tmp_path / "cluster"
    cluster.mkdir()
    owner = 4711 if os.geteuid() == 0 else os.geteuid()
    os.chown(cluster, owner, -1)
    assert Account.of(cluster).uid == owner
