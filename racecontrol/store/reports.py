"""What a report tells of the operations, as values. The database sums them up: see docs/operations.md."""

from __future__ import annotations

from dataclasses import dataclass

from racecontrol.domain.operation import Method

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class ReportSpan:
    """What a report is about: whole minutes from the one of since_ms to until_ms, UTC.

    race_id: only operations with points of this race; None for all.
    """

    since_ms: int
    until_ms: int
    race_id: str | None = None

    @property
    def first_minute_s(self) -> int:
        """The beginning of the first minute, in seconds since 1970."""
        return self.since_ms // MINUTE_MS * 60

    @property
    def seconds(self) -> float:
        """How long it is."""
        return max(0.001, self.until_ms / 1000 - self.first_minute_s)


@dataclass(frozen=True, slots=True)
class MethodReport:
    """All operations of one method. items, points, average_ms: of those that succeeded.

    points_per_s: while at it, not by the wall; average_ms and it are None where none succeeded.
    """

    method: Method
    operations: int
    failed: int
    items: int
    points: int
    average_ms: float | None
    points_per_s: float | None


@dataclass(frozen=True, slots=True)
class BatchMinute:
    """The batches of one queue and method that began in one minute. minute_s: since 1970, UTC."""

    minute_s: int
    queue: str
    method: Method
    operations: int
    average_items: float | None
    max_items: int
    average_points: float | None
    max_points: int


@dataclass(frozen=True, slots=True)
class PipelineReport:
    """Enqueue calls. pipelined_share: 0..1, None with no calls.

    standard_ms_per_item, saved_s: by the newest baseline at the span's end, as `domain.baseline.Gain`.
    """

    operations: int
    pipelined_share: float | None
    standard_ms_per_item: float | None
    saved_s: float | None


@dataclass(frozen=True, slots=True)
class InsertionReport:
    """Rows that were new in the store. points_per_s: by the wall; peak_points_per_s: of the best minute."""

    points: int
    points_per_s: float
    peak_points_per_s: float


@dataclass(frozen=True, slots=True)
class CompetitionDepth:
    """One queue's ready items around one competition period; off_s and ready_after None while it lasts."""

    on_s: int
    off_s: int | None
    queue: str
    ready_before: int
    max_ready: int
    ready_after: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything of one span. methods, batches, competition: in the order of screens and of time."""

    span: ReportSpan
    methods: tuple[MethodReport, ...]
    batches: tuple[BatchMinute, ...]
    insertion: InsertionReport
    pipeline: PipelineReport
    competition: tuple[CompetitionDepth, ...]
