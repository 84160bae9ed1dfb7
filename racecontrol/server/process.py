"""The embedded server as a process: started on its own, asked by PING, stopped by a signal.

The server makes a session of its own (`daemonize`), so closing a terminal does not end it, and it
holds `server.lock` through a descriptor it inherits: the kernel drops that lock in the moment it
dies, however it dies, so there are never two servers on one folder, and no process id is trusted
that might have been given to another program.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from enum import Enum, auto
from pathlib import Path

from racecontrol.domain.clock import SYSTEM_CLOCK
from racecontrol.errors import ServerUnavailable
from racecontrol.server.binary import find_binary
from racecontrol.server.config import USER, config_text
from racecontrol.server.folder import ServerFolder
from racecontrol.server.locks import POLL_S, open_lock, try_exclusive
from racecontrol.server.refusal import lost_points, refusal

PING_S = 1.0
"""A PING that takes longer is asked again."""

ANSWER_S = 10.0
"""A server that neither answers nor says that it is loading for this long is stopped, or its disk is."""

LOADING_S = 300.0
"""The longest a server may read its file: 2 GB of points load in a minute on a slow disk."""

TERM_S = 5.0
"""SIGTERM has synced and gone in milliseconds; after this, SIGKILL: what was answered is on disk anyway."""

LOG_BYTES = 1 << 20
"""The server's log is begun anew above this, and the one before kept."""


class Answer(Enum):
    """What a PING came back as."""

    READY = auto()
    LOADING = auto()
    REFUSED = auto()
    SILENT = auto()
    GONE = auto()


def ping(socket_path: Path, password: str) -> Answer:
    """Ask the server at the socket. REFUSED: another password. GONE: nobody listens, or no such socket."""
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(PING_S)
            link.connect(str(socket_path))
            link.sendall(f"AUTH {USER} {password}\r\nPING\r\n".encode())
            told = b""
            while told.count(b"\r\n") < 2:
                received = link.recv(1024)
                if not received:
                    return Answer.GONE
                told += received
    except TimeoutError:
        return Answer.SILENT
    except OSError:
        return Answer.GONE
    if told.endswith(b"+PONG\r\n"):
        return Answer.READY
    return Answer.LOADING if b"-LOADING" in told else Answer.REFUSED


def is_running(folder: ServerFolder) -> bool:
    """Whether a server process lives on this folder, answering or not. The caller holds the start lock."""
    lock = claim(folder)
    if lock is None:
        return True
    os.close(lock)
    return False


def claim(folder: ServerFolder) -> int | None:
    """The lock that a server holds as long as it lives, for `launch`; None where one holds it."""
    lock = open_lock(folder.server_lock)
    if try_exclusive(lock):
        return lock
    os.close(lock)
    return None


def is_reachable(folder: ServerFolder) -> bool:
    """Whether a client could ever reach the server that runs; False after its socket was cleaned away."""
    path = folder.socket()
    return path is not None and path.exists() and ping(path, folder.password()) is not Answer.REFUSED


def launch(folder: ServerFolder, lock: int) -> None:
    """Start a server and return when it answers. lock: of `claim`; it is the server's from here on.

    Raises: ServerUnavailable with the server's own words; OSError; ConfigError.
    """
    try:
        if (manifest := folder.lost_manifest()) is not None:
            raise lost_points(manifest)
        path = folder.choose_socket()
        folder.write(folder.config.name, config_text(folder, path, folder.password()))
        _turn_log_over(folder.log)
        log_bytes = folder.log.stat().st_size if folder.log.exists() else 0
        begun = subprocess.run(
            [find_binary(), str(folder.config)],
            pass_fds=(lock,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    finally:
        os.close(lock)
    if begun.returncode:
        raise refusal(folder, begun.stdout.decode("utf-8", "replace"))
    try:
        is_ready = await_ready(folder)
    except ServerUnavailable:
        # We have started it, and nobody else would end it.
        stop(folder)
        raise
    if not is_ready:
        raise refusal(folder, _log_after(folder.log, log_bytes))


def await_ready(folder: ServerFolder) -> bool:
    """Return True when the server of this folder answers, False when it has ended.

    Raises: ServerUnavailable where it stays silent, or loads for too long.
    """
    path, password = folder.socket(), folder.password()
    began_s = SYSTEM_CLOCK.monotonic_s()
    while path is not None:
        answer = ping(path, password)
        if answer is Answer.READY:
            return True
        if answer is Answer.GONE and not is_running(folder):
            return False
        patience_s = LOADING_S if answer is Answer.LOADING else ANSWER_S
        if SYSTEM_CLOCK.monotonic_s() - began_s > patience_s:
            break
        time.sleep(POLL_S)
    raise ServerUnavailable(
        f"the server of {folder.path} runs and does not answer",
        advice=f"see {folder.log}; process {_process_id(folder)} may be stopped, or its disk may hang",
    )


def stop(folder: ServerFolder) -> None:
    """End the server and return when it is gone; one that does not run is no error.

    Raises: ServerUnavailable where it cannot be ended.
    """
    for number, patience_s in ((signal.SIGTERM, TERM_S), (signal.SIGKILL, ANSWER_S)):
        if not is_running(folder):
            break
        os.kill(_process_id(folder), number)
        deadline_s = SYSTEM_CLOCK.monotonic_s() + patience_s
        while is_running(folder) and SYSTEM_CLOCK.monotonic_s() < deadline_s:
            time.sleep(POLL_S)
    if is_running(folder):
        raise ServerUnavailable(f"the server of {folder.path} cannot be stopped")
    folder.remove_socket()


def _process_id(folder: ServerFolder) -> int:
    try:
        return int(folder.pid.read_text())
    except (OSError, ValueError) as exc:
        raise ServerUnavailable(
            f"the server of {folder.path} runs, but not where it was started", advice=f"see {folder.pid}"
        ) from exc


def _turn_log_over(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))


def _log_after(log: Path, log_bytes: int) -> str:
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(log_bytes)
        return file.read().decode("utf-8", "replace")
