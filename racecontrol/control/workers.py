"""Worker processes of a desk or of `work -n`: started, restarted when they die, ended after their batch.

Each child holds the reading end of a pipe as its stdin. It ends when the pipe closes, and the pipe
closes whenever its parent goes, kill -9 included, so no worker is ever left behind.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from pathlib import Path
from typing import IO, Final, Self

import msgspec

from racecontrol.domain.clock import SYSTEM_CLOCK
from racecontrol.pipeline.storing import Tally
from racecontrol.pipeline.waiting import nap
from racecontrol.settings import Settings, kept_in

RESTART_S: Final = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Waits before a dead worker is started again, while it keeps dying; the last is repeated."""

SETTLED_S: Final = 30.0
"""A worker that has lived this long died of something new."""

STOP_PATIENCE_S: Final = 30.0
"""A batch takes well under a second; a worker that has not ended by then is stuck, and its items are safe."""


class WorkerPool:
    """`count` worker processes for as long as the block runs; leaving it waits for the batches in hand."""

    def __init__(
        self, settings: Settings, count: int, *, until_empty: bool = False, complaints: Path | None = None
    ) -> None:
        """until_empty: they end when every queue is empty. complaints: file for their stderr; None: ours."""
        self._count = count
        self._command = [sys.executable, "-m", "racecontrol", "work", "--child", "--json"]
        if until_empty:
            self._command.append("--until-empty")
        self._environment = environment_of(settings)
        self._complaints = complaints
        self._running: set[asyncio.subprocess.Process] = set()
        self._keepers: list[asyncio.Task[None]] = []
        self._closing = asyncio.Event()
        self._stack = ExitStack()
        self.tally = Tally()

    @property
    def alive(self) -> int:
        """Worker processes that run now."""
        return len(self._running)

    async def __aenter__(self) -> Self:
        stderr = self._stack.enter_context(_opened(self._complaints))
        self._keepers = [asyncio.create_task(self._keep(stderr)) for _ in range(self._count)]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        self._stack.close()

    async def wait(self) -> None:
        """Return when every worker has ended by itself, its queues being empty."""
        await asyncio.wait(self._keepers)

    async def stop(self) -> None:
        """End the workers after the batch in hand; one that is stuck for 30 s is killed."""
        self._closing.set()
        for process in self._running:
            _hang_up(process)
        if self._keepers:
            _, late = await asyncio.wait(self._keepers, timeout=STOP_PATIENCE_S)
            for process in self._running:
                with suppress(ProcessLookupError):
                    process.kill()
            if late:
                await asyncio.wait(late)

    async def _keep(self, stderr: IO[bytes] | None) -> None:
        """Keep one worker running."""
        deaths = 0
        while not self._closing.is_set():
            began_s = SYSTEM_CLOCK.monotonic_s()
            if await self._run_once(stderr) == 0:
                return
            if SYSTEM_CLOCK.monotonic_s() - began_s > SETTLED_S:
                deaths = 0
            await nap(RESTART_S[min(deaths, len(RESTART_S) - 1)], until=self._closing)
            deaths += 1

    async def _run_once(self, stderr: IO[bytes] | None) -> int:
        """One life of a worker, to its exit code."""
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=self._environment,
            # Ctrl-C goes to the terminal's group: only we decide when workers end.
            process_group=0,
        )
        self._running.add(process)
        if self._closing.is_set():
            _hang_up(process)
        try:
            assert process.stdout is not None
            answer = await process.stdout.read()
            exit_code = await process.wait()
        finally:
            self._running.discard(process)
        with suppress(msgspec.DecodeError):
            self.tally.add(msgspec.json.decode(answer, type=Tally))
        return exit_code


def environment_of(settings: Settings) -> Mapping[str, str]:
    """The environment that gives a process these settings. Not flags: `ps` would show passwords."""
    given = {
        "data_dir": str(settings.data_dir),
        "races": os.pathsep.join(map(str, settings.races)) or None,
        "redis_url": settings.redis_url,
        "database_url": settings.database_url,
        "operator": settings.operator,
    }
    named = {f"RACECONTROL_{name.upper()}": value for name, value in given.items()}
    inherited = {name: value for name, value in os.environ.items() if name not in named}
    return inherited | {name: value for name, value in named.items() if value}


def _opened(path: Path | None) -> AbstractContextManager[IO[bytes] | None]:
    if path is None:
        return nullcontext()
    with kept_in(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("ab")


def _hang_up(process: asyncio.subprocess.Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
