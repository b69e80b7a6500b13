import os
import stat

import pytest

from gateway.files import FilesError, write


def test_files_are_there_with_their_folders(tmp_path):
    write(tmp_path / "log", {"checkpoint": b"note", "tile/0/x001/234.p/5": b"hashes"})
    assert (tmp_path / "log/checkpoint").read_bytes() == b"note"
    assert (tmp_path / "log/tile/0/x001/234.p/5").read_bytes() == b"hashes"


def test_a_file_is_replaced_whole(tmp_path):
    write(tmp_path, {"checkpoint": b"a long note"})
    before = os.open(tmp_path / "checkpoint", os.O_RDONLY)
    try:
        write(tmp_path, {"checkpoint": b"new"})
        assert os.read(before, 100) == b"a long note"
    finally:
        os.close(before)
    assert (tmp_path / "checkpoint").read_bytes() == b"new"


def test_nothing_else_is_left_behind(tmp_path):
    write(tmp_path, {"tile/0/000": b"a"})
    write(tmp_path, {"tile/0/000": b"b"})
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files == [tmp_path / "tile/0/000"]


def test_a_file_that_cannot_be_written_is_an_outage_that_leaves_the_old_one(tmp_path):
    write(tmp_path, {"checkpoint": b"old"})
    (tmp_path / "tile").write_bytes(b"in the way")
    with pytest.raises(FilesError) as error:
        write(tmp_path, {"tile/0/000": b"a"})
    assert str(tmp_path / "tile/0/000") in str(error.value)
    assert (tmp_path / "checkpoint").read_bytes() == b"old"


def test_a_file_in_the_place_of_another_kind_leaves_no_passing_file(tmp_path):
    (tmp_path / "checkpoint").mkdir()
    with pytest.raises(FilesError):
        write(tmp_path, {"checkpoint": b"note"})
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]
    assert stat.S_ISDIR((tmp_path / "checkpoint").stat().st_mode)
