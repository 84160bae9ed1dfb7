"""`History`: the samples that rates look back at, and ten minutes of each queue for the graphs. No IO."""

from __future__ import annotations

from collections import deque

from racecontrol.telemetry.rates import DRAIN_WINDOW_MS, RATE_WINDOW_MS, rate_per_s
from racecontrol.telemetry.sample import Sample
from racecontrol.telemetry.snapshot import QueueHistory

GRAPH_TICKS = 60
"""Depths in a panel's sparkline."""

HISTORY_TICKS = 600
"""Entries of the queue screen's graphs: ten minutes at 1 Hz."""


class History:
    """Grows by a sample a tick; owned by the feed, so that a change of screen loses nothing."""

    def __init__(self) -> None:
        self._recent: deque[Sample] = deque()
        self._rings: dict[str, _Ring] = {}

    def add(self, sample: Sample) -> None:
        """Take the newest sample in. Where a counter or the clock went back, rates begin anew."""
        if self._recent and _is_reset(self._recent[-1], sample):
            self._recent.clear()
        self._recent.append(sample)
        while len(self._recent) > 2 and sample.time_ms - self._recent[0].time_ms > RATE_WINDOW_MS:
            self._recent.popleft()
        for index, stats in enumerate(sample.queues):
            ring = self._rings.setdefault(stats.queue, _Ring())
            ring.depths.append(stats.ready)
            ring.in_rates.append(self._tick_rate(index, "points_in"))
            ring.out_rates.append(self._tick_rate(index, "points_out"))

    @property
    def newest(self) -> Sample | None:
        """The last sample added."""
        return self._recent[-1] if self._recent else None

    @property
    def rate_start(self) -> Sample | None:
        """The sample that rates are counted from, None before there are two."""
        return self._since(RATE_WINDOW_MS)

    @property
    def drain_start(self) -> Sample | None:
        """The sample that drain times are counted from, None before there are two."""
        return self._since(DRAIN_WINDOW_MS)

    def of_queue(self, queue: str) -> QueueHistory:
        """The last ten minutes of a queue."""
        ring = self._rings.get(queue)
        return ring.frozen() if ring else QueueHistory()

    def _since(self, window_ms: int) -> Sample | None:
        """The oldest earlier sample within the window, else the one before the newest."""
        if len(self._recent) < 2:
            return None
        newest_ms = self._recent[-1].time_ms
        earlier = list(self._recent)[:-1]
        return next((one for one in earlier if newest_ms - one.time_ms <= window_ms), earlier[-1])

    def _tick_rate(self, index: int, counter: str) -> float | None:
        if len(self._recent) < 2:
            return None
        before, after = self._recent[-2], self._recent[-1]
        gone_ms = after.time_ms - before.time_ms
        return rate_per_s(
            getattr(before.queues[index], counter), getattr(after.queues[index], counter), gone_ms
        )


class _Ring:
    __slots__ = ("depths", "in_rates", "out_rates")

    def __init__(self) -> None:
        self.depths: deque[int] = deque(maxlen=HISTORY_TICKS)
        self.in_rates: deque[float | None] = deque(maxlen=HISTORY_TICKS)
        self.out_rates: deque[float | None] = deque(maxlen=HISTORY_TICKS)

    def frozen(self) -> QueueHistory:
        return QueueHistory(tuple(self.depths), tuple(self.in_rates), tuple(self.out_rates))


def _is_reset(before: Sample, after: Sample) -> bool:
    """Whether the server lost data, or is another one."""
    return after.time_ms <= before.time_ms or any(
        new.points_in < old.points_in or new.points_out < old.points_out or new.acked_items < old.acked_items
        for old, new in zip(before.queues, after.queues, strict=True)
    )
