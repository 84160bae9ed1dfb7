"""A service in a process of its own, on any free port: for load tests, replays and benches."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

from racecontrol.errors import RaceControlError

SERVE: Final = (sys.executable, "-m", "racecontrol", "serve", "--port", "0")

_PATIENCE_S: Final = 20.0
_SERVING: Final = re.compile(r"serving at (http://\S+)")


@asynccontextmanager
async def serving(environment: Mapping[str, str], command: Sequence[str] = SERVE) -> AsyncIterator[str]:
    """Run the command while the block runs; gives the URL that it says it serves at.

    environment: over this process's own.

    Raises: RaceControlError with what it said where it does not come up.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
        # Ctrl-C goes to the terminal's group: only we end this one.
        process_group=0,
    )
    assert process.stderr is not None
    rest: asyncio.Task[bytes] | None = None
    try:
        url = await _url_of(process.stderr)
        # Read on, or a full pipe would stop it.
        rest = asyncio.create_task(process.stderr.read())
        yield url
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        if rest is not None:
            await rest


async def _url_of(complaints: asyncio.StreamReader) -> str:
    said = ""
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE_S):
            while line := (await complaints.readline()).decode(errors="replace"):
                if found := _SERVING.search(line):
                    return found[1]
                said = line.strip() or said
    raise RaceControlError(f"the service does not come up ({said or 'silent'})")
