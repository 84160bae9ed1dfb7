"""What every part of the queue shares: a way to the server, and the queues' keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.domain.priority import LANES, QUEUES
from racecontrol.errors import BadItem
from racecontrol.queues.auto import DEFAULTS, PipelineThresholds
from racecontrol.queues.exchange import Answers, exchange
from racecontrol.queues.lua import queue_script
from racecontrol.queues.metrics import PipelineMetrics
from racecontrol.server.client import ServerClient
from racecontrol.server.keys import QueueKeys, queue_keys
from racecontrol.server.scripts import Argument, Call

LANE_TABLE: Final = " ".join(f"{lane.name}:{lane.floor:g}" for lane in LANES)
"""The lanes, as the scripts that count by lane are told them."""


class QueueCore:
    """The server, the metrics, and the queues that this process knows."""

    def __init__(
        self,
        client: ServerClient,
        metrics: PipelineMetrics | None = None,
        clock: Clock = SYSTEM_CLOCK,
        *,
        queues: Sequence[str] = QUEUES,
        thresholds: PipelineThresholds = DEFAULTS,
    ) -> None:
        """queues: the names that may be used; another would gather points that no worker ever reads.

        pipelines_all: in competition mode, every enqueue call is pipelined, whatever it asks for.
        thresholds: from when on `queue_with_auto_pipeline` pipelines.
        """
        self.client = client
        self.metrics = metrics or PipelineMetrics()
        self.pipelines_all = False
        self.thresholds = thresholds
        self._pending: dict[str, int] = {}
        self._clock = clock
        self._keys = {queue: queue_keys(queue) for queue in queues}

    def keys_of(self, queue: str) -> QueueKeys:
        """The keys of one queue. Raises: BadItem where there is no such queue."""
        try:
            return self._keys[queue]
        except KeyError:
            raise BadItem(f"no queue {queue!r}", advice=f"use one of {', '.join(self._keys)}") from None

    def _call_of(self, operation: str, queue: str, args: Sequence[Argument] = ()) -> Call:
        return queue_script(operation).call(self.keys_of(queue), args)

    async def _exchange(self, calls: Iterable[Call], *, teach: bool = False) -> Answers:
        return await exchange(self.client, calls, teach=teach)

    async def _run(self, operation: str, queue: str, args: Sequence[Argument] = ()) -> Any:
        """One call and its answer."""
        return (await self._exchange([self._call_of(operation, queue, args)])).replies[0]


def check_whole(name: str, value: int, low: int, high: int) -> int:
    """`value`, where it is a whole number in low..high. Raises: BadItem naming it."""
    if not low <= value <= high or value != int(value):
        raise BadItem(f"{name} is {value!r}", advice=f"give a whole number from {low} to {high}")
    return value


def in_chunks(values: Sequence[Any], size: int) -> list[Sequence[Any]]:
    """The values in pieces of at most `size`; none for no values."""
    return [values[at : at + size] for at in range(0, len(values), size)]
