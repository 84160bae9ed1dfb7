"""What a process remembers of who comes too often."""

from __future__ import annotations

import pytest

from racecontrol.errors import ServerUnavailable, TooOften
from racecontrol.http import allowance
from racecontrol.http.allowance import KEPT_S, Allowances
from racecontrol.server.client import ServerClient
from racecontrol.state.limits import Limits, Permits, Rate
from tests.builders import HandClock

SLOW = Rate(0.01, 2)


class FakeLimits(Limits):
    """The server's buckets: empty, or away where is_away is set. asked: the names, in order."""

    def __init__(self, *, is_away: bool = False) -> None:
        super().__init__(ServerClient("unix:///nowhere"))
        self.is_away = is_away
        self.asked: list[str] = []

    async def take(self, name: str, rate: Rate, wanted: int) -> Permits:
        self.asked.append(name)
        if self.is_away:
            raise ServerUnavailable("away")
        return Permits(0, 10.0)


async def refused(allowances: Allowances, name: str) -> bool:
    try:
        await allowances.spend(name, SLOW)
    except TooOften:
        return True
    return False


async def test_a_refusal_outlives_a_crowd_of_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is refused stays so while others make it forget who is idle, and is not asked about."""
    monkeypatch.setattr(allowance, "_MOST_NAMES", 2)
    limits = FakeLimits()
    allowances = Allowances(limits, HandClock())

    assert [await refused(allowances, name) for name in ("a", "b", "c", "a")] == [True] * 4
    assert limits.asked == ["a", "b", "c"]


async def test_a_bucket_of_ones_own_is_not_filled_by_a_crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the server is away: forgotten before it is full, it would begin anew with its whole burst."""
    monkeypatch.setattr(allowance, "_MOST_NAMES", 2)
    clock = HandClock()
    allowances = Allowances(FakeLimits(is_away=True), clock)
    for _ in range(2):
        await allowances.spend("a", SLOW)
        clock.now_s += KEPT_S

    for name in ("b", "c", "d"):
        await allowances.spend(name, SLOW)

    assert await refused(allowances, "a")


async def test_idle_names_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once their refusals have ended, so a crowd does not stay for ever."""
    monkeypatch.setattr(allowance, "_MOST_NAMES", 2)
    clock = HandClock()
    limits = FakeLimits()
    allowances = Allowances(limits, clock)
    for name in ("a", "b"):
        await refused(allowances, name)
    clock.now_s += KEPT_S

    await refused(allowances, "c")

    assert set(allowances._held) == {"c"}
