"""The queues panel: a row a queue, and the lanes of the queues that are unfolded."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from racecontrol.desk.lines.cells import Line, Role, Span
from racecontrol.desk.lines.graph import resample, sparkline
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.lines.table import Column, fit_columns, head_line, row_line, under_cursor
from racecontrol.desk.lines.words import age, rate, short_count, span
from racecontrol.domain.priority import LANES
from racecontrol.telemetry.snapshot import LaneView, QueueView

COLUMNS = (
    Column("queue", "  QUEUE", 18, is_right=False),
    Column("depth", "DEPTH", 6),
    Column("graph", "LAST 60", 8, rank=3, is_right=False, grows=True, most=60),
    Column("in", "IN", 6, rank=2),
    Column("out", "DEQUEUE", 7),
    Column("items", "ITEMS/s", 7, rank=7),
    Column("oldest", "OLDEST", 6, rank=4),
    Column("drain", "DRAIN", 6, rank=1),
    Column("leased", "LEASED", 6, rank=6),
    Column("retry", "RETRY", 5, rank=5),
    Column("dead", "DEAD", 4),
)

_FLOORS = {lane.name: lane.floor for lane in LANES}


def queue_lines(
    queues: Sequence[QueueView],
    width: int,
    signs: Signs,
    unfolded: Collection[str] = (),
    cursor: int | None = None,
) -> list[Line]:
    """The head, then a row a queue, each followed by its lanes where `unfolded` names it.

    cursor: the index of the queue the cursor is on, None where the panel has no focus.
    """
    columns = fit_columns(COLUMNS, width)
    lines = [head_line(columns)]
    for index, queue in enumerate(queues):
        row = _queue_row(queue, columns, signs)
        lines.append(under_cursor(row, width) if index == cursor else row)
        if queue.queue in unfolded:
            lines.extend(_lane_row(lane, columns, signs) for lane in queue.lanes)
    return lines


def _queue_row(queue: QueueView, columns: Sequence[Column], signs: Signs) -> Line:
    depth = Role.HOT if queue.depth > queue.limit else Role.STRONG if queue.depth else Role.MUTED
    busy = Role.TEXT if queue.depth or queue.in_rate or queue.out_rate else Role.MUTED
    stats = queue.stats
    graph_width = next((column.cells for column in columns if column.name == "graph"), 0)
    values: dict[str, Span | Line] = {
        "queue": Span(f"{_mark(queue, signs)} {queue.queue}", depth if depth is Role.HOT else Role.TEXT),
        "depth": Span(short_count(queue.depth), depth),
        "graph": sparkline(resample(queue.depths, graph_width), queue.limit, graph_width, signs),
        "in": Span(rate(queue.in_rate), busy),
        "out": Span(rate(queue.out_rate), busy),
        "items": Span(rate(queue.out_items_rate), busy),
        "oldest": Span(age(queue.oldest_s) if queue.stats.total_pending else "-", busy),
        "drain": _drain(queue, busy),
        "leased": Span(short_count(stats.leased), Role.TEXT if stats.leased else Role.MUTED),
        "retry": Span(short_count(stats.delayed), Role.WARN if stats.delayed else Role.MUTED),
        "dead": Span(short_count(stats.dead), Role.BAD if stats.dead else Role.MUTED),
    }
    return row_line(columns, values)


def _mark(queue: QueueView, signs: Signs) -> str:
    if queue.stats.is_paused:
        return signs.frozen
    return "!" if queue.depth > queue.limit or queue.stats.dead else " "


def _drain(queue: QueueView, busy: Role) -> Span:
    if queue.stats.is_paused:
        return Span("paused", Role.WARN)
    if queue.is_growing:
        return Span("grows", Role.WARN)
    if queue.depth and queue.drain_s is not None:
        return Span(span(queue.drain_s), busy)
    return Span("steady" if queue.depth else "-", busy)


def _lane_row(lane: LaneView, columns: Sequence[Column], signs: Signs) -> Line:
    floor = _FLOORS.get(lane.name, 0.0)
    name = f"{lane.name} {floor:g}+" if floor > 0 else lane.name
    role = Role.TEXT if lane.ready or lane.in_rate or lane.out_rate else Role.MUTED
    values: dict[str, Span | Line] = {
        "queue": Span(f"    {signs.branch} {name}", role),
        "depth": Span(short_count(lane.ready), role),
        "in": Span(rate(lane.in_rate), role),
        "out": Span(rate(lane.out_rate), role),
    }
    return row_line(columns, values)
