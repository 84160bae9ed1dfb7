"""`serve` and `work` as processes of their own, posts to them, and what they say of themselves."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from racecontrol.queues.limits import LEASE_MS
from tests.e2e.cli import Cli
from tests.e2e.test_serve import LIVE, Running, serving
from tests.server.embedded import process_id
from tests.server.pipeline.tools import PATIENCE_S, until


@dataclass(frozen=True, slots=True)
class LiveService:
    """A service with a worker beside it. token: of a gateway of R42."""

    cli: Cli
    running: Running
    token: str
    http: aiohttp.ClientSession

    @property
    def url(self) -> str:
        return self.running.url

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    async def post(self, body: dict[str, Any]) -> int:
        """The status that a live body is answered with."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.http.post(self.url + LIVE, json=body, headers=headers) as response:
            return response.status

    async def metrics(self) -> dict[str, float]:
        """What /metrics tells, summed over labels; as often as readers may ask."""
        reader = (self.cli.data_dir / "operator.token").read_text().strip()
        headers = {"Authorization": f"Bearer {reader}"}
        while True:
            async with self.http.get(f"{self.url}/metrics", headers=headers) as response:
                text = await response.text()
            if response.status != 429:
                break
            await asyncio.sleep(float(response.headers["Retry-After"]))
        assert response.status == 200, text
        families = text_string_to_metric_families(text)
        told: dict[str, float] = {}
        for sample in (sample for family in families for sample in family.samples):
            told[sample.name] = told.get(sample.name, 0) + sample.value
        return told

    async def until_all_is_stored(self) -> dict[str, float]:
        """Wait until the server is back, the spool drained and the queues are empty; the metrics then."""
        told: dict[str, float] = {}

        async def is_stored() -> bool:
            told.update(await self.metrics())
            waiting = ("queue_ready_items", "queue_leased_items", "queue_delayed_items", "queue_dead_items")
            names = ("intake_breaker_open", "intake_spool_items", "intake_pending_items", *waiting)
            return told["racecontrol_server_up"] == 1 and not any(told[f"racecontrol_{one}"] for one in names)

        # What was leased by a call whose answer the server took with it comes again after its lease.
        await until("everything is stored", is_stored, LEASE_MS / 1000 + PATIENCE_S)
        return told

    def signal_server(self, signal_number: signal.Signals) -> None:
        """Hurt the embedded queue server."""
        os.kill(process_id(self.cli.data_dir / "server"), signal_number)


@contextmanager
def storing(cli: Cli) -> Iterator[None]:
    """A worker while the block runs."""
    worker = cli.start("work")
    try:
        yield
    finally:
        worker.terminate()
        worker.communicate(timeout=30)


@asynccontextmanager
async def live_service(cli: Cli) -> AsyncIterator[LiveService]:
    """A service, its embedded server and a worker while the block runs."""
    token = cli.json("token", "issue", "--race", "R42")["token"]
    with serving(cli) as service, storing(cli):
        async with aiohttp.ClientSession() as http:
            live = LiveService(cli, service, token, http)

            async def has_worker() -> bool:
                return (await live.metrics()).get("racecontrol_workers_alive") == 1

            await until("the worker is there", has_worker)
            yield live
