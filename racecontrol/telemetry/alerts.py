"""Alerts that do not flap: each cause has a level to rise, a lower one to clear, and times to hold. No IO.

    calm ──raised──► pending ──still raised after hold_ms──► standing ──calm for RELEASE_MS──► calm
                        └──────not raised any more──────► calm

Between the two levels (`Level.BETWEEN`) whatever is, stays. What the causes are is in findings.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from racecontrol.telemetry.snapshot import Alert, Severity

SOS_KEY = "sos:"
"""What the keys of calls for help begin with; nothing else that is critical stands above them."""

RELEASE_MS = 2_000
"""How long a cause must be calm before its alert goes: two ticks at 1 Hz."""


class Level(Enum):
    """Where a measured value stands against the two levels of its cause."""

    RAISED = "raised"
    BETWEEN = "between"
    CALM = "calm"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look at one cause gave. key: the same for the same cause, tick after tick."""

    key: str
    severity: Severity
    text: str
    level: Level = Level.RAISED
    hold_ms: int = 0


@dataclass(frozen=True, slots=True)
class Watched:
    """A cause that is pending or standing. since_ms: raised first. calm_since_ms: None while not calm."""

    alert: Alert
    is_standing: bool
    calm_since_ms: int | None = None


def level_of(value: float, raise_above: float, clear_below: float) -> Level:
    """Compare a value with its two levels; `clear_below` is the lower."""
    if value > raise_above:
        return Level.RAISED
    return Level.CALM if value <= clear_below else Level.BETWEEN


def watch(watched: Mapping[str, Watched], findings: Iterable[Finding], now_ms: int) -> Mapping[str, Watched]:
    """What is watched after one more look. A cause without a finding is calm."""
    found = {finding.key: finding for finding in findings}
    after: dict[str, Watched] = {}
    for key in [*watched, *(key for key in found if key not in watched)]:
        before, finding = watched.get(key), found.get(key)
        one = _next(before, finding, now_ms) if before else _first(finding, now_ms)
        if one is not None:
            after[key] = one
    return after


def standing(watched: Mapping[str, Watched]) -> tuple[Alert, ...]:
    """The alerts to show: calls for help first, then the gravest, then the oldest."""
    alerts = [one.alert for one in watched.values() if one.is_standing]
    return tuple(sorted(alerts, key=_place))


def _place(alert: Alert) -> tuple[bool, int, int, str]:
    return not alert.key.startswith(SOS_KEY), _RANK[alert.severity], alert.since_ms, alert.key


_RANK = {Severity.CRITICAL: 0, Severity.WARNING: 1, Severity.INFO: 2}


def _first(finding: Finding | None, now_ms: int) -> Watched | None:
    if finding is None or finding.level is not Level.RAISED:
        return None
    alert = Alert(finding.key, finding.severity, finding.text, since_ms=now_ms)
    return Watched(alert, is_standing=finding.hold_ms <= 0)


def _next(before: Watched, finding: Finding | None, now_ms: int) -> Watched | None:
    if finding is None or finding.level is Level.CALM:
        return _calming(before, now_ms)
    alert = replace(before.alert, severity=finding.severity, text=finding.text)
    if before.is_standing:
        return Watched(alert, is_standing=True)
    if finding.level is not Level.RAISED:
        return None
    return Watched(alert, is_standing=now_ms - alert.since_ms >= finding.hold_ms)


def _calming(before: Watched, now_ms: int) -> Watched | None:
    if not before.is_standing:
        return None
    calm_since_ms = now_ms if before.calm_since_ms is None else before.calm_since_ms
    if now_ms - calm_since_ms >= RELEASE_MS:
        return None
    return replace(before, calm_since_ms=calm_since_ms)
