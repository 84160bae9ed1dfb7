"""Sparklines and bars: pure functions from numbers to characters."""

from __future__ import annotations

from collections.abc import Sequence

from racecontrol.desk.lines.cells import Line, Role, Span
from racecontrol.desk.lines.signs import Signs


def sparkline(values: Sequence[float], limit: float, width: int, signs: Signs) -> Line:
    """The last `width` values against a limit: full height is the limit, so depth 3 never looks like 3000.

    A value over the limit is drawn full and hot, zero as the empty base line. Fewer values than cells
    stand at the right.
    """
    shown = values[-width:] if width > 0 else ()
    spans = [Span(" " * (max(0, width) - len(shown)), Role.GRAPH)]
    for value in shown:
        role = Role.HOT if value > limit else Role.GRAPH if value > 0 else Role.EMPTY
        level = _level(value, limit, signs.levels)
        if spans[-1].role is role:
            spans[-1] = Span(spans[-1].text + level, role)
        else:
            spans.append(Span(level, role))
    return tuple(span for span in spans if span.text)


def _level(value: float, limit: float, levels: str) -> str:
    if value <= 0:
        return levels[0]
    if value >= limit:
        return levels[-1]
    return levels[int(value / limit * len(levels))]


def bar(share: float | None, width: int, signs: Signs) -> Line:
    """A share of 0..1 as a bar; None and 0 are empty, and only 1 is full."""
    if width <= 0:
        return ()
    part = 0.0 if share is None else min(1.0, max(0.0, share))
    full = width if part >= 1 else min(width - 1, round(part * width))
    if part > 0:
        full = max(1, full)
    return (Span(signs.bar_full * full, Role.ACCENT), Span(signs.bar_empty * (width - full), Role.EMPTY))


def resample(values: Sequence[float | None], width: int) -> list[float]:
    """At most `width` values, each the highest of those it stands for; None counts as 0."""
    known = [0.0 if value is None else value for value in values]
    if len(known) <= width or width <= 0:
        return known
    edges = [index * len(known) // width for index in range(width + 1)]
    return [max(known[edges[i] : edges[i + 1]]) for i in range(width)]
