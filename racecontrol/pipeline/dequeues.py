"""The ledger rows of a worker: one a batch, from asking for it until it is committed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from racecontrol.domain.clock import Clock
from racecontrol.domain.operation import OK, Method, Operation
from racecontrol.pipeline.storing import Tally
from racecontrol.queues.codec_header import race_bytes
from racecontrol.queues.metrics import PipelineMetrics, races_of
from racecontrol.queues.model import LeasedItem


@dataclass(slots=True)
class Dequeue:
    """One batch under way. items: leased. stored: of them those that may be acknowledged."""

    items: Sequence[LeasedItem] = ()
    stored: Sequence[LeasedItem] = ()


@dataclass(frozen=True, slots=True)
class Dequeues:
    """Records a worker's batches. tally: what the worker has done, from which a batch's part is told."""

    metrics: PipelineMetrics
    tally: Tally
    clock: Clock

    @contextmanager
    def recorded(self, queue: str) -> Iterator[Dequeue]:
        """Record the batch that the block takes and stores, however it ends; nothing where it takes none."""
        dequeue = Dequeue()
        created_at_ms, began_s, new_before = self.clock.now_ms(), self.clock.monotonic_s(), self.tally.new
        outcome = ""
        try:
            yield dequeue
        except BaseException as exc:
            outcome = type(exc).__name__
            raise
        finally:
            if dequeue.items:
                self.metrics.record(
                    Operation(
                        created_at_ms,
                        queue,
                        Method.DEQUEUE,
                        sum(item.points for item in dequeue.stored),
                        len(dequeue.stored),
                        (self.clock.monotonic_s() - began_s) * 1000,
                        outcome or _outcome(dequeue),
                        races_of({race_bytes(item.payload) for item in dequeue.items}),
                        self.tally.new - new_before,
                    )
                )


def _outcome(dequeue: Dequeue) -> str:
    """A batch of which something was stored did what it could; what was not is told by its own counters."""
    return OK if dequeue.stored else "NothingStored"
