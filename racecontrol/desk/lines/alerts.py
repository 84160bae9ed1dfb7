"""The alert line: how many alerts stand open, and the worst of them in words."""

from __future__ import annotations

from collections.abc import Sequence

from racecontrol.desk.lines.cells import Line, Role, Span, cut, line_width, spread
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.lines.words import age, plural
from racecontrol.telemetry.snapshot import Alert, Severity

ROLES = {Severity.INFO: Role.TEXT, Severity.WARNING: Role.WARN, Severity.CRITICAL: Role.ALARM}

_ORDER = (Severity.CRITICAL, Severity.WARNING, Severity.INFO)


def alert_line(alerts: Sequence[Alert], acknowledged: int, now_ms: int, width: int, signs: Signs) -> Line:
    """One line of at most `width` cells. alerts: those not acknowledged, of `acknowledged` more."""
    seen = f"{acknowledged} acknowledged" if acknowledged else ""
    if not alerts:
        quiet = (Span(f"{signs.ok} no open alerts", Role.MUTED),)
        return spread(quiet, (Span(seen, Role.MUTED),), width) if seen else quiet
    worst = sorted(alerts, key=lambda alert: _ORDER.index(alert.severity))
    role = ROLES[worst[0].severity]
    head = f"{signs.severities[worst[0].severity]} {plural(len(alerts), 'alert')}"
    spans = [Span(f" {head} " if role is Role.ALARM else head, role), Span("  ")]
    hint = (
        Span("a", Role.STRONG, "alerts.acknowledge"),
        Span(" acknowledge", Role.MUTED, "alerts.acknowledge"),
    )
    room = width - line_width(spans) - (line_width(hint) + 2 if width >= 100 else 0)
    said = f" {signs.dot} ".join(_said(alert, now_ms) for alert in worst)
    spans.append(Span(cut(said, room), Role.TEXT))
    return spread(tuple(spans), hint, width) if width >= 100 else tuple(spans)


def _said(alert: Alert, now_ms: int) -> str:
    return f"{alert.text} ({age((now_ms - alert.since_ms) / 1000)} ago)"
