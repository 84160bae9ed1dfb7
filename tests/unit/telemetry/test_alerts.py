"""Alerts hold, and do not flap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from racecontrol.telemetry.alerts import RELEASE_MS, Finding, Level, Watched, level_of, standing, watch
from racecontrol.telemetry.snapshot import Severity

HOLD_MS = 5000


def depth_finding(depth: int) -> Finding:
    return Finding("depth", Severity.WARNING, f"depth {depth}", level_of(depth, 100, 80), HOLD_MS)


def shown(depths: Sequence[int], tick_ms: int = 1000) -> list[bool]:
    """Whether the alert stands after each tick."""
    watched: Mapping[str, Watched] = {}
    out = []
    for tick, depth in enumerate(depths):
        watched = watch(watched, [depth_finding(depth)], tick * tick_ms)
        out.append(bool(standing(watched)))
    return out


def test_alert_rises_only_after_its_hold_time() -> None:
    """A depth over its limit alerts after five seconds, not before."""
    assert shown([101] * 7) == [False] * 5 + [True] * 2


def test_alert_of_a_short_burst_never_rises() -> None:
    """A value that goes back under its limit within the hold time is no alert."""
    assert not any(shown([101] * 5 + [99] + [101] * 5))


def test_alert_stays_between_its_levels() -> None:
    """Once up, an alert stays while the value is between the two levels."""
    assert all(shown([101] * 6 + [90] * 20)[6:])


def test_alert_clears_after_two_calm_seconds() -> None:
    """A value under the lower level for the release time ends the alert."""
    assert shown([101] * 6 + [10] * 3)[5:] == [True, True, True, False]


def test_alert_keeps_its_first_moment_and_its_newest_text() -> None:
    """Since-when is when the cause was first seen; the text is the last measured."""
    watched: Mapping[str, Watched] = {}
    for tick, depth in enumerate((101, 102, 103, 104, 105, 106)):
        watched = watch(watched, [depth_finding(depth)], 7000 + tick * 1000)

    [alert] = standing(watched)

    assert (alert.since_ms, alert.text) == (7000, "depth 106")


def test_alert_whose_finding_is_gone_clears() -> None:
    """A cause that is not reported any more is calm."""
    watched = watch({}, [Finding("paused", Severity.INFO, "paused")], 0)
    watched = watch(watched, [], 1000)
    watched = watch(watched, [], 1000 + RELEASE_MS)

    assert standing(watched) == ()


def test_alerts_stand_gravest_first_then_oldest() -> None:
    """A critical alert comes before an older warning."""
    watched = watch({}, [Finding("old", Severity.WARNING, "old")], 0)
    new = [Finding("new", Severity.WARNING, "new"), Finding("grave", Severity.CRITICAL, "grave")]
    watched = watch(watched, [Finding("old", Severity.WARNING, "old"), *new], 1000)

    assert [alert.key for alert in standing(watched)] == ["grave", "old", "new"]


@given(st.lists(st.integers(min_value=0, max_value=200), max_size=60))
@settings(max_examples=150)
def test_alert_never_flaps(depths: list[int]) -> None:
    """Whatever the depth does, what rose stays for the release time, and what fell for the hold time."""
    states = shown(depths)
    changes = [tick for tick, (one, other) in enumerate(pairwise(states), 1) if one != other]

    for first, second in pairwise(changes):
        least_ms = RELEASE_MS if states[first] else HOLD_MS
        assert (second - first) * 1000 >= least_ms


@given(st.lists(st.integers(min_value=81, max_value=100), min_size=1, max_size=30), st.booleans())
@settings(max_examples=50)
def test_alert_does_not_change_between_its_levels(depths: list[int], was_up: bool) -> None:
    """Between the two levels nothing rises and nothing clears."""
    before = [150] * 6 if was_up else [0] * 6

    assert shown([*before, *depths])[6:] == [was_up] * len(depths)


def test_level_tells_the_two_thresholds_apart() -> None:
    """Above the upper is raised, at or below the lower is calm, the rest is between."""
    assert [level_of(value, 100, 80) for value in (101, 100, 81, 80)] == [
        Level.RAISED,
        Level.BETWEEN,
        Level.BETWEEN,
        Level.CALM,
    ]
