import socket
import stat

import pytest

from gateway import up


def test_taken_ports_move_up_and_are_said_out_loud():
    said: list[str] = []
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        where = up.addresses(lan=False, say=said.append, usual=(port, port + 1))
    assert where.gateway_port > port
    assert where.node_port > where.gateway_port
    assert f"port {port} is taken" in said[0]


def test_any_free_ports_are_two_different_ones_and_not_spoken_of():
    said: list[str] = []
    where = up.addresses(lan=False, say=said.append, usual=(0, 0))
    assert where.gateway_port != where.node_port
    assert where.bind == "127.0.0.1"
    assert said == []


def test_a_folder_of_ours_is_made_afresh(tmp_path):
    folder = up.fresh(tmp_path / "up")
    (folder / "old").write_text("from last time")
    assert not (up.fresh(folder) / "old").exists()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_to_keep_is_new_once(tmp_path):
    assert up.kept(tmp_path / "data")
    (tmp_path / "data" / "deployment.json").touch()
    assert not up.kept(tmp_path / "data")
    assert (tmp_path / "data" / "deployment.json").exists()


def test_a_strangers_folder_is_not_kept_in(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(up.FolderTakenError):
        up.kept(tmp_path)


def test_a_strangers_folder_is_never_emptied(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(up.FolderTakenError):
        up.fresh(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
