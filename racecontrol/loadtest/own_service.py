"""A service of the load test's own: a site in a folder that is thrown away, `serve` and workers on it."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import uuid4

from racecontrol.control.tokens import DAY_MS, Signer, token_key
from racecontrol.control.workers import WorkerPool, environment_of
from racecontrol.domain.sender import SenderKind
from racecontrol.errors import RaceControlError
from racecontrol.loadtest.run import Target
from racecontrol.settings import Settings
from racecontrol.store.database import open_store

_PATIENCE_S: Final = 20.0
_SERVING: Final = re.compile(r"serving at (http://\S+)")


@asynccontextmanager
async def own_service(settings: Settings, workers: int = 1) -> AsyncIterator[Target]:
    """Start a service with nothing in it, and stop it with all that it kept. settings: of the real site.

    Raises: RaceControlError with what the service said where it does not come up.
    """
    with TemporaryDirectory(prefix="rc-load-", ignore_cleanup_errors=True) as folder:
        own = settings.model_copy(update={"data_dir": Path(folder), "redis_url": None, "database_url": None})
        race_id = f"LOAD-{uuid4().hex[:6]}"
        token, _ = Signer(token_key(own)).issue(SenderKind.RACE, DAY_MS, race_id=race_id)
        complaints = Path(folder, "workers.log")
        with open_store(own.database_path) as store:
            async with serving(environment_of(own)) as url, WorkerPool(own, workers, complaints=complaints):
                yield Target(url, token, race_id, store)


@asynccontextmanager
async def serving(environment: Mapping[str, str]) -> AsyncIterator[str]:
    """`racecontrol serve` on any port while the block runs; gives its URL."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "racecontrol", "serve", "--port", "0"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
        # Ctrl-C goes to the terminal's group: only we end this one.
        process_group=0,
    )
    assert process.stderr is not None
    try:
        url = await _url_of(process.stderr)
        rest = asyncio.create_task(process.stderr.read())
        yield url
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
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
