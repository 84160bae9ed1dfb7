"""The embedded server of a site: joined by every process that uses it, stopped by the last one out.

    ensure_server ─► shared users.lock ─► PING ─► answers: joined
                                            └───► no server: started   (both under start.lock)
    leave ─► users.lock given back ─► nobody else holds it, not kept ─► stopped

A process that is killed leaves a server behind, an orphan; the next user joins it, and the last
one out stops it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote

from racecontrol.errors import ConfigError, ServerUnavailable
from racecontrol.server import process
from racecontrol.server.client import ServerClient, open_client
from racecontrol.server.config import USER
from racecontrol.server.folder import ServerFolder
from racecontrol.server.locks import exclusive, open_lock, share, try_exclusive
from racecontrol.settings import kept_in

START_PATIENCE_S = 30.0
"""How long one waits for another process that starts or stops the server."""


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """How the server of a site stands. is_kept: `server start` was asked for. is_used: by some process."""

    is_up: bool
    is_kept: bool
    is_used: bool
    socket: Path | None


class RunningServer:
    """This process's share in a site's server. url: with its password."""

    def __init__(self, folder: ServerFolder, users_lock: int) -> None:
        self._folder = folder
        self._users_lock = users_lock
        self.url = _url(folder)

    @property
    def path(self) -> Path:
        """The folder of the server's files."""
        return self._folder.path

    async def revive(self) -> None:
        """Start the server again if it is dead; return when it answers.

        Raises: ServerUnavailable with the reason, a full disk too.
        """
        await asyncio.to_thread(self._revive)

    def leave(self) -> None:
        """Give our share back; stop the server if nobody else has one and it is not kept.

        Blocks for up to 100 ms. Raises: ServerUnavailable where the server cannot be stopped.
        """
        with kept_in(self._folder.path), exclusive(self._folder.start_lock, START_PATIENCE_S):
            os.close(self._users_lock)
            if not self._folder.keep.exists():
                _stop_if_unused(self._folder)

    def _revive(self) -> None:
        try:
            with kept_in(self._folder.path), exclusive(self._folder.start_lock, START_PATIENCE_S):
                _join_or_launch(self._folder)
        except ConfigError as exc:
            raise ServerUnavailable(exc.what, advice=exc.advice) from exc

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()


def ensure_server(server_dir: Path) -> RunningServer:
    """Join the server of this folder, starting it if there is none. Blocks: 40 ms, more to load much.

    Raises: ServerUnavailable where it does not start, with its own words; ConfigError where the
    folder cannot be used.
    """
    folder = ServerFolder(server_dir)
    with kept_in(folder.path):
        folder.make()
        with exclusive(folder.start_lock, START_PATIENCE_S):
            users_lock = open_lock(folder.users_lock)
            try:
                share(users_lock)
                _join_or_launch(folder)
            except BaseException:
                os.close(users_lock)
                if not _is_used(folder) and not process.is_running(folder):
                    folder.remove_socket()
                raise
    return RunningServer(folder, users_lock)


@asynccontextmanager
async def embedded_client(server_dir: Path) -> AsyncIterator[ServerClient]:
    """A client of this folder's server inside the block; it brings a dead server back (`revive`).

    Raises: as `ensure_server`.
    """
    joining = asyncio.ensure_future(asyncio.to_thread(ensure_server, server_dir))
    try:
        server = await asyncio.shield(joining)
    except asyncio.CancelledError:
        # The thread cannot be stopped; without this its share would keep the server up.
        with suppress(Exception):
            (await joining).leave()
        raise
    try:
        async with open_client(server.url, server.revive) as client:
            yield client
    finally:
        await asyncio.shield(asyncio.to_thread(server.leave))


def keep_server(server_dir: Path) -> None:
    """Start the server if there is none, and let it run on when nobody uses it.

    Raises: as `ensure_server`.
    """
    with ensure_server(server_dir):
        ServerFolder(server_dir).keep.touch()


def release_server(server_dir: Path) -> bool:
    """Keep the server no longer, and stop it unless it is in use; whether it is down now.

    Raises: ServerUnavailable where it cannot be stopped; ConfigError.
    """
    folder = ServerFolder(server_dir)
    if not _is_there(folder):
        return True
    with kept_in(folder.path), exclusive(folder.start_lock, START_PATIENCE_S):
        folder.keep.unlink(missing_ok=True)
        _stop_if_unused(folder)
        return not process.is_running(folder)


def server_status(server_dir: Path) -> ServerStatus:
    """How the server of this folder stands; nothing is started. Raises: ConfigError."""
    folder = ServerFolder(server_dir)
    if not _is_there(folder):
        return ServerStatus(False, False, False, None)
    with kept_in(folder.path), exclusive(folder.start_lock, START_PATIENCE_S):
        path = folder.socket()
        is_up = path is not None and process.ping(path, folder.password()) is process.Answer.READY
        return ServerStatus(is_up, folder.keep.exists(), _is_used(folder), path)


def _is_there(folder: ServerFolder) -> bool:
    with kept_in(folder.path):
        return folder.path.exists()


def _join_or_launch(folder: ServerFolder) -> None:
    if process.is_running(folder) and not process.is_reachable(folder):
        # Its socket was cleaned away with the runtime folder: no client can ever reach it again.
        process.stop(folder)
    lock = process.claim(folder)
    if lock is None and not process.await_ready(folder):
        lock = process.claim(folder)  # it was just ending
    if lock is not None:
        process.launch(folder, lock)


def _stop_if_unused(folder: ServerFolder) -> None:
    if not _is_used(folder):
        process.stop(folder)


def _is_used(folder: ServerFolder) -> bool:
    """Whether some process has a share. The caller holds the start lock, so none joins meanwhile."""
    users_lock = open_lock(folder.users_lock)
    try:
        return not try_exclusive(users_lock)
    finally:
        os.close(users_lock)


def _url(folder: ServerFolder) -> str:
    path = folder.socket()
    if path is None:
        raise ServerUnavailable(f"the server of {folder.path} has no socket")
    return f"unix://{USER}:{folder.password()}@{quote(str(path))}"
