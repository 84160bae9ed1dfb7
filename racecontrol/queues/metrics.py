"""`PipelineMetrics`: how much of a process's enqueueing went through the pipeline, and what it took."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from racecontrol.domain.operation import Method, Operation
from racecontrol.server import keys
from racecontrol.server.client import ServerClient, translated
from racecontrol.server.scripts import Plain

_KEPT_OPERATIONS: Final = 100_000
"""Operations kept for the ledger while nobody drains it, the oldest dropped first: some 20 MB."""

TOTALS_READ: Final[Plain] = ("HGETALL", keys.PIPELINE)
"""The command of a batch whose answer `totals_of` reads."""


@dataclass(frozen=True, slots=True)
class PipelineTotals:
    """Sums over enqueue calls that succeeded; `operations` and `failed_operations` count all and the failed.

    standard_*, pipeline_*: by method, ms as their callers saw them.
    """

    operations: int = 0
    pipelined_operations: int = 0
    failed_operations: int = 0
    standard_items: int = 0
    standard_ms: float = 0.0
    pipeline_items: int = 0
    pipeline_ms: float = 0.0
    pipeline_points: int = 0
    points: int = 0


class PipelineMetrics:
    """Records every enqueue call and every dequeued batch of this process, once."""

    def __init__(self) -> None:
        self._operations: deque[Operation] = deque(maxlen=_KEPT_OPERATIONS)
        self._totals = PipelineTotals()
        self._published = PipelineTotals()

    @property
    def totals(self) -> PipelineTotals:
        """This process's sums so far."""
        return self._totals

    def record(self, operation: Operation) -> None:
        """Keep one operation for the ledger; only enqueue calls count in the sums."""
        self._operations.append(operation)
        if operation.method.is_enqueue:
            self._totals = _plus(self._totals, operation)

    def drain(self) -> list[Operation]:
        """The operations recorded since the last drain, oldest first: the ledger's next rows."""
        drained = list(self._operations)
        self._operations.clear()
        return drained

    async def publish(self, client: ServerClient) -> None:
        """Add what came since the last publish to the sums of all processes.

        Raises: ServerUnavailable; the next publish then brings these too.
        Cost: one round trip; none where nothing came.
        """
        now, before = asdict(self._totals), asdict(self._published)
        totals = self._totals
        grown = {name: now[name] - before[name] for name in now if now[name] != before[name]}
        if not grown:
            return
        with translated(client):
            async with client.commands.pipeline(transaction=True) as pipeline:
                for name, growth in grown.items():
                    if isinstance(growth, float):
                        pipeline.hincrbyfloat(keys.PIPELINE, name, growth)
                    else:
                        pipeline.hincrby(keys.PIPELINE, name, growth)
                await pipeline.execute()
        self._published = totals


def races_of(ids: Iterable[bytes]) -> tuple[str, ...]:
    """Race ids out of payloads as a ledger row holds them: sorted, without blanks inside, none for b""."""
    return tuple(sorted({"_".join(one.decode(errors="replace").split()) for one in ids if one}))


async def published_totals(client: ServerClient) -> PipelineTotals:
    """The sums of all processes, as published. Raises: ServerUnavailable. Cost: one round trip."""
    with translated(client):
        return totals_of(await client.commands.hgetall(keys.PIPELINE))


def totals_of(fields: Mapping[Any, Any]) -> PipelineTotals:
    """The sums of all processes from the fields of the server's hash."""
    kinds = {name: type(value) for name, value in asdict(PipelineTotals()).items()}
    return PipelineTotals(
        **{name: kind(fields[name.encode()]) for name, kind in kinds.items() if name.encode() in fields}
    )


def _plus(totals: PipelineTotals, operation: Operation) -> PipelineTotals:
    is_pipelined = operation.method is Method.PIPELINE
    totals = replace(
        totals,
        operations=totals.operations + 1,
        pipelined_operations=totals.pipelined_operations + is_pipelined,
    )
    if operation.outcome != "ok":
        return replace(totals, failed_operations=totals.failed_operations + 1)
    points = totals.points + operation.point_count
    if not is_pipelined:
        return replace(
            totals,
            points=points,
            standard_items=totals.standard_items + operation.item_count,
            standard_ms=totals.standard_ms + operation.duration_ms,
        )
    return replace(
        totals,
        points=points,
        pipeline_items=totals.pipeline_items + operation.item_count,
        pipeline_ms=totals.pipeline_ms + operation.duration_ms,
        pipeline_points=totals.pipeline_points + operation.point_count,
    )
