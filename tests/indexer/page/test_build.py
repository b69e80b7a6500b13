"""The committed page is what its sources make, small enough for a phone, and well typed."""

import gzip
import subprocess

from contracts.node import ROOT, binary, package

PAGE = ROOT / "indexer/page"


def run(*command):
    return subprocess.run([binary(), *command], capture_output=True, text=True, cwd=PAGE)


def test_dist_is_what_the_sources_make():
    done = run("build.mjs", "--check")
    assert done.returncode == 0, done.stderr


def test_types_hold():
    done = run(package("typescript") / "bin/tsc", "--noEmit", "-p", ".")
    assert done.returncode == 0, done.stdout


def test_a_phone_loads_less_than_60_kilobytes():
    sizes = [len(gzip.compress(path.read_bytes())) for path in (PAGE / "dist").iterdir()]
    assert len(sizes) == 2
    assert sum(sizes) < 60_000


def test_no_source_holds_two_ideas():
    for path in (PAGE / "src").iterdir():
        assert len(path.read_text().splitlines()) <= 300, path


def test_nothing_is_put_in_as_markup():
    for path in (PAGE / "src").glob("*.ts"):
        text = path.read_text()
        for door in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "crypto.subtle",
        ):
            assert door not in text, (path, door)
