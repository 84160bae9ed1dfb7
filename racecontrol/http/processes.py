"""Several processes on one listening socket: started, started again when they die, drained at the end.

As with workers, a child ends when its stdin closes, which it does whenever the parent goes.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from contextlib import suppress
from typing import Final, Self

from racecontrol.control.workers import environment_of
from racecontrol.domain.clock import SYSTEM_CLOCK
from racecontrol.http.serving import DRAIN_S
from racecontrol.pipeline.waiting import nap
from racecontrol.settings import Settings

RESTART_S: Final = (0.2, 1.0, 5.0)
"""Waits before a dead process is started again, while it keeps dying; the last is repeated."""

SETTLED_S: Final = 30.0


class ServingPool:
    """`count` serving processes for as long as the block runs."""

    def __init__(
        self, settings: Settings, listener: socket.socket, count: int, trusted_proxies: str = ""
    ) -> None:
        self._environment = environment_of(settings)
        self._listener = listener
        self._count = count
        self._command = [sys.executable, "-m", "racecontrol", "serve", "--child"]
        self._command += ["--fd", str(listener.fileno()), "--trust-proxy", trusted_proxies]
        self._closing = asyncio.Event()
        self._running: set[asyncio.subprocess.Process] = set()
        self._keepers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._keepers = [asyncio.create_task(self._keep()) for _ in range(self._count)]
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        """Drain them all; one that is stuck is killed."""
        self._closing.set()
        for process in self._running:
            _hang_up(process)
        _, late = await asyncio.wait(self._keepers, timeout=2 * DRAIN_S)
        for process in self._running:
            with suppress(ProcessLookupError):
                process.kill()
        if late:
            await asyncio.wait(late)

    async def _keep(self) -> None:
        deaths = 0
        while not self._closing.is_set():
            began_s = SYSTEM_CLOCK.monotonic_s()
            await self._run_once()
            if SYSTEM_CLOCK.monotonic_s() - began_s > SETTLED_S:
                deaths = 0
            await nap(RESTART_S[min(deaths, len(RESTART_S) - 1)], until=self._closing)
            deaths += 1

    async def _run_once(self) -> None:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=subprocess.PIPE,
            env=self._environment,
            pass_fds=(self._listener.fileno(),),
            # Ctrl-C goes to the terminal's group: only we decide when they end.
            process_group=0,
        )
        self._running.add(process)
        if self._closing.is_set():
            _hang_up(process)
        try:
            await process.wait()
        finally:
            self._running.discard(process)


def _hang_up(process: asyncio.subprocess.Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
