"""Numbers, times and ages as a person reads them at a glance. None is shown as "-"."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

NOTHING = "-"


@lru_cache(maxsize=16)
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def clock_time(time_ms: int, zone: str) -> str:
    """Time of day in the race's zone: 13:45:00."""
    return datetime.fromtimestamp(time_ms // 1000, _zone(zone)).strftime("%H:%M:%S")


def zone_name(time_ms: int, zone: str) -> str:
    """The short name of the zone at that time: CEST."""
    return datetime.fromtimestamp(time_ms // 1000, _zone(zone)).strftime("%Z")


def countdown(clock_ms: int, gun_ms: int) -> str:
    """Time to the gun, T-00:04:31, or since it, T+00:10:02; days where there are any."""
    sign = "-" if clock_ms < gun_ms else "+"
    # Rounded up before the gun and down after it, so that T-00:00:00 lasts no second.
    seconds = -((clock_ms - gun_ms) // 1000) if clock_ms < gun_ms else (clock_ms - gun_ms) // 1000
    days, rest = divmod(seconds, 86_400)
    text = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    return f"T{sign}{days}d {text}" if days else f"T{sign}{text}"


def age(seconds: float | None) -> str:
    """How long ago, in one unit: 2 s, 806 s, 31 m, 5 h, 3 d."""
    if seconds is None:
        return NOTHING
    whole = max(0, int(seconds))
    if whole < 1000:
        return f"{whole} s"
    if whole < 6000:
        return f"{whole // 60} m"
    return f"{whole // 3600} h" if whole < 172_800 else f"{whole // 86_400} d"


def span(seconds: float | None) -> str:
    """How long, in ms below a second, with a decimal below ten: 40 ms, 2.4 s, 41 s, 31 m."""
    if seconds is None:
        return NOTHING
    if 0 < seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 9.95 else age(round(seconds))


def count(number: int | None) -> str:
    """A number with thousands apart: 426,921."""
    return NOTHING if number is None else f"{number:,}"


def rate(per_s: float | None) -> str:
    """Something a second, in at most six cells: 0, 0.4, 150, 6,150, 213k, 1.2M."""
    if per_s is None:
        return NOTHING
    if 0 < per_s < 9.95:
        return f"{per_s:.1f}"
    if per_s < 99_500:
        return f"{per_s:,.0f}"
    return f"{per_s / 1000:.0f}k" if per_s < 999_500 else f"{per_s / 1e6:.1f}M"


def short_count(number: int) -> str:
    """A number in at most six cells: 137, 99,999, 427k, 1.2M."""
    return count(number) if number < 100_000 else rate(float(number))


def milliseconds(value: float | None) -> str:
    """A duration in ms with the digits that matter: 0.03 ms, 4.2 ms, 130 ms."""
    if value is None:
        return NOTHING
    digits = 2 if value < 1 else 1 if value < 10 else 0
    return f"{value:.{digits}f} ms"


def plural(number: int, word: str) -> str:
    """A number and its word: 1 pilot, 127 pilots."""
    return f"{count(number)} {word}" if number == 1 else f"{count(number)} {word}s"
