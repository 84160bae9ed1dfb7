"""A snapshot as a table of at most 80 columns, without colour. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from racecontrol.domain.clock import iso_utc
from racecontrol.domain.race import STARTED
from racecontrol.domain.readiness import readiness_in_words, states_in_words
from racecontrol.telemetry.snapshot import (
    IntakesView,
    LaneView,
    PilotView,
    PipelineView,
    QueueView,
    RaceView,
    ServerView,
    Snapshot,
)

WIDTH = 80
_LABEL = 10
_GLUE = "\0"

_HEAD = "QUEUE             READY LEASED RETRY  DEAD  IN pts/s OUT pts/s  OLDEST   DRAIN"


def status_text(snapshot: Snapshot) -> str:
    """The site in some fifteen lines: queues first, then one line a subject, alerts last."""
    return "\n".join([_HEAD, *_queue_lines(snapshot), "", *_subject_lines(snapshot)])


def _queue_lines(snapshot: Snapshot) -> Iterator[str]:
    for view in snapshot.queues:
        yield _row(
            view.queue + (" ‖" if view.stats.is_paused else ""),
            view.depth,
            f"{view.stats.leased:>6} {view.stats.delayed:>5} {view.stats.dead:>5}",
            (view.in_rate, view.out_rate),
            f"{_age(view):>7} {_drain(view):>7}",
        )
        for lane in view.lanes:
            if _is_busy(lane):
                yield _row(f"  {lane.name}", lane.ready, " " * 18, (lane.in_rate, lane.out_rate), "")


def _row(name: str, depth: int, middle: str, rates: tuple[float | None, float | None], tail: str) -> str:
    into, out = (f"{rate:.0f}" if rate is not None else "-" for rate in rates)
    return f"{name:<16}{depth:>7} {middle} {into:>9} {out:>9} {tail}".rstrip()


def _is_busy(lane: LaneView) -> bool:
    return bool(lane.ready or lane.in_rate or lane.out_rate)


def _age(view: QueueView) -> str:
    return f"{view.oldest_s:.0f} s" if view.stats.total_pending else "-"


def _drain(view: QueueView) -> str:
    if not view.stats.points_pending:
        return "-"
    if view.is_growing:
        return "grows"
    return "steady" if view.drain_s is None else f"{view.drain_s:.0f} s"


def _subject_lines(snapshot: Snapshot) -> Iterator[str]:
    mode, workers = snapshot.mode, snapshot.workers
    yield from _labelled("server", *_server(snapshot.server))
    by = (f"set by {mode.operator}",) if mode.operator else ()
    yield from _labelled("mode", f"competition {'on' if mode.is_competition else 'off'}", *by)
    stored = (f"{workers.rows_per_s:,.0f} rows/s",) if workers.rows_per_s is not None else ()
    yield from _labelled("workers", f"{workers.alive} alive", *stored)
    if snapshot.intakes.processes:
        yield from _labelled("intake", *_intakes(snapshot.intakes))
    yield from _labelled("pipeline", *_pipeline(snapshot.pipeline))
    if snapshot.race:
        yield from _labelled("race", *_race(snapshot.race, snapshot.pilots))
    for alert in snapshot.alerts:
        yield from _labelled("! alert", alert.text)


def _intakes(view: IntakesView) -> Iterator[str]:
    yield f"{view.processes} alive"
    yield f"breaker {view.breaker}"
    if view.pending_items:
        yield f"{view.pending_items:,} items in batches"
    if view.spool_items:
        yield f"{view.spool_items:,} items spooled"
        yield f"oldest {view.oldest_age_s or 0:.0f} s"


def _server(view: ServerView) -> Iterator[str]:
    if not view.is_up:
        yield f"{view.url} does not answer"
        yield f"all else is {view.stale_s:.0f} s old: {view.error}"
        return
    yield view.url
    yield f"{view.latency_ms or 0:.1f} ms"
    yield f"version {view.version}"
    yield f"{view.used_memory_bytes / 1e6:.1f} MB"
    yield "synced to disk" if view.is_durable else "NOT DURABLE"


def _race(view: RaceView, pilots: Sequence[PilotView]) -> Iterator[str]:
    yield f"{view.race_id} {view.state}"
    yield f"pass {view.pass_number}"
    yield f"gun {iso_utc(view.gun_ms)}"
    yield f"now {iso_utc(view.clock_ms)}" + (" on its own clock" if view.has_own_clock else "")
    in_words = states_in_words if view.state in STARTED else readiness_in_words
    yield in_words([pilot.state for pilot in pilots])


def _pipeline(view: PipelineView) -> Iterator[str]:
    if not view.operations or view.pipelined_share is None:
        yield "no calls yet"
    else:
        yield f"{view.pipelined_share:.0%} of {view.operations:,} calls"
    if view.pipeline_ms_per_item is not None:
        yield f"{view.pipeline_ms_per_item:.3f} ms an item"
    if view.standard_ms_per_item is not None:
        yield f"single calls {view.standard_ms_per_item:.3f} ms an item"
    if view.speedup is not None and view.saved_s is not None:
        yield f"speed-up {view.speedup:.1f}"
        yield f"{view.saved_s:.2f} s saved"


def _labelled(label: str, *parts: str) -> list[str]:
    """The parts after their label, broken between parts where that is possible."""
    room = WIDTH - _LABEL - 1
    glued = (part.replace(" ", _GLUE) if len(part) < room else part for part in parts)
    lines = textwrap.wrap(
        ", ".join(glued),
        WIDTH,
        initial_indent=f"{label:<{_LABEL}}",
        subsequent_indent=" " * _LABEL,
        break_on_hyphens=False,
    )
    return [line.replace(_GLUE, " ") for line in lines]
