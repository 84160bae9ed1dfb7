"""Fault Q4, the server's part: an append-only file that was cut or flipped."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from racecontrol.errors import ServerUnavailable
from racecontrol.server.launcher import ensure_server, server_status
from tests.server.embedded import kill_server, read_numbers, write_numbers

COUNT = 200


@pytest.fixture
async def server_dir(tmp_path: Path) -> Path:
    """A stopped server's folder that holds the numbers up to COUNT."""
    with ensure_server(tmp_path / "server") as server:
        await write_numbers(server.url, COUNT)
    return tmp_path / "server"


def points_file(server_dir: Path) -> Path:
    """The append-only file that holds the numbers."""
    return server_dir / "appendonlydir" / "appendonly.aof.1.incr.aof"


def whole_commands(raw: bytes) -> int:
    """How many numbers a piece of the append-only file holds whole."""
    counts = [len(b"%d" % number) for number in range(COUNT)]
    sent = raw.split(b"RPUSH\r\n$17\r\nrc:{test}:numbers\r\n")[1:]
    ends = (tail.split(b"\r\n")[1:3] for tail in sent)
    return sum(len(end) == 2 and len(end[0]) == size for end, size in zip(ends, counts, strict=False))


async def test_a_cut_file_starts_with_all_that_was_whole(server_dir: Path, tmp_path: Path) -> None:
    """Cut at 50 places, the file loses what was torn off and nothing before, and the server starts."""
    raw = points_file(server_dir).read_bytes()
    places = sorted(random.Random(42).sample(range(len(raw)), 50))
    found = []
    for place in places:
        cut = tmp_path / f"cut-{place}" / "server"
        shutil.copytree(server_dir, cut)
        os.truncate(points_file(cut), place)
        with ensure_server(cut) as server:
            found.append(await read_numbers(server.url))
            kill_server(cut)

    assert found == [list(range(whole_commands(raw[:place]))) for place in places]


def test_a_flipped_protocol_byte_is_refused_with_advice(server_dir: Path) -> None:
    """A file damaged in its middle starts no server; the error quotes the server and says what to run."""
    raw = bytearray(points_file(server_dir).read_bytes())
    raw[raw.index(b"*3", len(raw) // 2)] ^= 0x01
    points_file(server_dir).write_bytes(raw)
    with pytest.raises(ServerUnavailable, match="Bad file format reading the append only file") as caught:
        ensure_server(server_dir)
    checking = caught.value.advice.partition("with: ")[2]
    checked = subprocess.run(checking, shell=True, capture_output=True, text=True, check=False)

    assert str(points_file(server_dir)) in caught.value.advice
    assert f"{points_file(server_dir)} is not valid" in checked.stdout
    assert points_file(server_dir).read_bytes() == raw


def test_a_refusal_leaves_nothing_running(server_dir: Path) -> None:
    """After a refused start no server runs and nobody holds the folder."""
    points_file(server_dir).write_bytes(b"*1\r\nrubbish\r\n" * 9)
    with pytest.raises(ServerUnavailable):
        ensure_server(server_dir)
    status = server_status(server_dir)

    assert (status.is_up, status.is_used) == (False, False)


def test_a_lost_list_of_files_is_refused(server_dir: Path) -> None:
    """Points whose list is missing are not silently left out: a server would start empty."""
    points_file(server_dir).with_name("appendonly.aof.manifest").unlink()

    with pytest.raises(ServerUnavailable, match="would be left out: put it back"):
        ensure_server(server_dir)


def test_settings_the_server_refuses_are_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that is no server ends at once, and the error holds what it said."""
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\necho no server here\nexit 1\n")
    program.chmod(0o700)
    monkeypatch.setenv("RACECONTROL_VALKEY_SERVER", str(program))

    with pytest.raises(ServerUnavailable, match=r"did not start \(no server here\)"):
        ensure_server(tmp_path / "server")
