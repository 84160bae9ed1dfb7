"""When a call of many items in one pipeline is worth it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class PipelineThresholds:
    """Above either, calls are pipelined. points: of the call. pending: items waiting in the queue."""

    points: int = 500
    pending: int = 1_000


DEFAULTS: Final = PipelineThresholds()


def should_use_pipeline(point_count: int, queue_size: int, thresholds: PipelineThresholds = DEFAULTS) -> bool:
    """Whether to send these points in a pipeline. queue_size: items pending in their queue."""
    return point_count > thresholds.points or queue_size > thresholds.pending
