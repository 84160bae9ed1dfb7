"""When a call is worth a pipeline."""

from __future__ import annotations

import pytest

from racecontrol.queues.auto import PipelineThresholds, should_use_pipeline


@pytest.mark.parametrize(
    ("point_count", "queue_size", "expected"),
    [(500, 1_000, False), (501, 0, True), (0, 1_001, True), (0, 0, False)],
)
def test_many_points_or_a_long_queue_are_pipelined(point_count: int, queue_size: int, expected: bool) -> None:
    """More than 500 points, or more than 1,000 items pending; either will do."""
    assert should_use_pipeline(point_count, queue_size) is expected


def test_thresholds_are_a_sites_own() -> None:
    """A site far from its server pipelines earlier."""
    assert should_use_pipeline(11, 0, PipelineThresholds(points=10))
