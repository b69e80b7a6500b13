"""The JavaScript runtime is new enough, and the binary itself."""

import subprocess
import sys

import pytest

from contracts import node


def test_the_binary_is_new_enough():
    done = subprocess.run([node.binary(), "--version"], capture_output=True, text=True, check=True)
    assert int(done.stdout[1:].split(".")[0]) >= node.OLDEST


def test_the_binary_is_no_wrapper_whose_child_could_outlive_it():
    with node.binary().open("rb") as file:
        assert file.read(2) != b"#!"


def test_a_package_of_the_lock_is_found():
    assert (node.package("hardhat") / "package.json").is_file()


def test_a_package_that_is_not_installed_is_named():
    with pytest.raises(node.PackageMissingError, match="no-such-package"):
        node.package("no-such-package")


def test_the_module_becomes_the_binary_or_its_npm():
    module = [sys.executable, "-m", "contracts.node"]
    done = subprocess.run([*module, "-p", "6 * 7"], capture_output=True, text=True, check=True)
    assert done.stdout == "42\n"
    done = subprocess.run([*module, "npm", "--version"], capture_output=True, text=True, check=True)
    assert int(done.stdout.split(".")[0]) >= 10
