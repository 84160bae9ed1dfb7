"""A service of the load test's own: a site in a folder that is thrown away, `serve` and workers on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from racecontrol.control.serve_process import serving
from racecontrol.control.tokens import DAY_MS, Signer, token_key
from racecontrol.control.workers import WorkerPool, environment_of
from racecontrol.domain.sender import SenderKind
from racecontrol.loadtest.run import Target
from racecontrol.settings import Settings
from racecontrol.store.database import open_store


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
