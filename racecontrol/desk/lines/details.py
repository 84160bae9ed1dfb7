"""What the dialogs of one pilot and one queue say."""

from __future__ import annotations

from racecontrol.desk.lines.cells import BLANK, Line, Role, Span
from racecontrol.desk.lines.graph import resample, sparkline
from racecontrol.desk.lines.pilots import ROLES
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.lines.table import Column, head_line, row_line
from racecontrol.desk.lines.words import NOTHING, age, clock_time, count, plural, rate, span
from racecontrol.telemetry.snapshot import PilotView, QueueView, RaceView

LABEL_CELLS = 14

_LANE_COLUMNS = (
    Column("lane", "LANE", 10, is_right=False),
    Column("ready", "READY", 8),
    Column("in", "IN pts/s", 9),
    Column("out", "DEQUEUE", 9),
    Column("items_in", "ITEMS IN", 9),
    Column("items_out", "OUT", 9),
)


def _row(label: str, text: str, role: Role = Role.TEXT) -> Line:
    return (Span(f"{label:<{LABEL_CELLS}}", Role.MUTED), Span(text, role))


def pilot_detail(pilot: PilotView, race: RaceView | None, signs: Signs) -> list[Line]:
    """All that a snapshot knows of a pilot."""
    lines = [_row("State", f"{signs.pilots[pilot.state]} {pilot.state}", ROLES[pilot.state])]
    if pilot.reason:
        lines.append(_row("Because", pilot.reason))
    seen = "never"
    if pilot.age_s is not None:
        at = "" if race is None else f", at {clock_time(race.clock_ms - int(pilot.age_s * 1000), race.zone)}"
        seen = f"{age(pilot.age_s)} ago{at}"
    place = NOTHING
    if pilot.lat_deg is not None and pilot.lon_deg is not None:
        place = f"{pilot.lat_deg:.5f}, {pilot.lon_deg:.5f}"
    return [
        *lines,
        _row("Last fix", seen),
        _row("Position", place),
        _row("Altitude", NOTHING if pilot.alt_m is None else f"{pilot.alt_m} m"),
        _row("Speed", NOTHING if pilot.speed_kmh is None else f"{pilot.speed_kmh:.0f} km/h"),
        _row("Stored", plural(pilot.points, "point")),
    ]


def queue_detail(queue: QueueView, width: int, signs: Signs) -> list[Line]:
    """A queue's counters, lanes and last ten minutes."""
    stats = queue.stats
    graph_cells = max(10, width - LABEL_CELLS)
    history = queue.history.depths or queue.depths
    paused = (Span("  paused", Role.WARN),) if stats.is_paused else ()
    lines: list[Line] = [
        (*_row("Ready", f"{count(stats.ready)} items, limit {count(queue.limit)}"), *paused),
        _row("Leased", f"{count(stats.leased)} in workers' hands, {count(stats.delayed)} wait for a retry"),
        _row("Dead letters", count(stats.dead), Role.BAD if stats.dead else Role.TEXT),
        _row("Oldest", f"{age(queue.oldest_s)}, drained in {span(queue.drain_s)}"),
        _row("In", f"{rate(queue.in_rate)} points/s"),
        _row("Dequeue", f"{rate(queue.out_rate)} points/s, {rate(queue.out_items_rate)} items/s"),
        _row(
            "Since ever",
            f"{count(stats.enqueued_items)} in, {count(stats.acked_items)} done, "
            f"{count(stats.retried_items)} retried, {count(stats.lost_items)} lost",
        ),
        _row("Points", f"{count(stats.points_pending)} pending of {count(stats.points_in)} ever"),
        BLANK,
        _graph("10 min depth", history, queue.limit, graph_cells, signs),
        _graph("in", queue.history.in_rates, None, graph_cells, signs),
        _graph("dequeue", queue.history.out_rates, None, graph_cells, signs),
        BLANK,
        head_line(_LANE_COLUMNS),
    ]
    return [*lines, *_lanes(queue)]


def _graph(
    label: str,
    values: tuple[int, ...] | tuple[float | None, ...],
    limit: float | None,
    cells: int,
    signs: Signs,
) -> Line:
    """A sparkline against the limit, or against its own highest value, which is then named."""
    shown = resample(values, cells)
    highest = max(shown, default=0.0)
    top = highest or 1.0 if limit is None else limit
    name = f"{label}, {rate(highest)}/s" if limit is None else label
    return (Span(f"{name:<{LABEL_CELLS}}", Role.MUTED), *sparkline(shown, top, cells, signs))


def _lanes(queue: QueueView) -> list[Line]:
    lines = []
    for lane in queue.lanes:
        counters = queue.stats.lanes.get(lane.name)
        lines.append(
            row_line(
                _LANE_COLUMNS,
                {
                    "lane": Span(lane.name),
                    "ready": Span(count(lane.ready), Role.STRONG if lane.ready else Role.MUTED),
                    "in": Span(rate(lane.in_rate)),
                    "out": Span(rate(lane.out_rate)),
                    "items_in": Span(count(counters.items_in if counters else None), Role.MUTED),
                    "items_out": Span(count(counters.items_out if counters else None), Role.MUTED),
                },
            )
        )
    return lines
