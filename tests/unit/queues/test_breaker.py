"""The breaker, on a clock that the test moves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racecontrol.domain.intake import BreakerState
from racecontrol.queues.breaker import FIRST_PAUSE_S, LONGEST_PAUSE_S, Breaker, BreakerChange
from tests.builders import HandClock

OPEN, CLOSED, HALF_OPEN = BreakerState.OPEN, BreakerState.CLOSED, BreakerState.HALF_OPEN


class Rig:
    """A breaker that opens at three failures, its clock, and what it told."""

    def __init__(self, dice: float = 1.0) -> None:
        self.clock = HandClock()
        self.told: list[BreakerChange] = []
        self.breaker = Breaker(3, self.told.append, self.clock, lambda: dice)

    def opened(self) -> Breaker:
        self.breaker.failed("gone", is_silent=True)
        return self.breaker

    def probing(self) -> Breaker:
        self.clock.now_s += self.breaker.probe_in_s
        assert self.breaker.begin_probe()
        return self.breaker


def test_failures_in_a_row_open_it() -> None:
    """The third in a row does; one that succeeded between them starts the count anew."""
    rig = Rig()
    states = []
    for step in ("failed", "failed", "succeeded", "failed", "failed", "failed"):
        rig.breaker.failed("gone") if step == "failed" else rig.breaker.succeeded()
        states.append(rig.breaker.state)

    assert states == [CLOSED] * 5 + [OPEN]
    assert [(change.state, change.reason) for change in rig.told] == [(OPEN, "gone")]


def test_silence_opens_it_at_once() -> None:
    """A server that says nothing would make each further caller wait as long."""
    assert Rig().opened().state is OPEN


def test_a_late_answer_does_not_close_it() -> None:
    """Calls from before it opened end one by one; only a probe tells how things are."""
    breaker = Rig().opened()
    breaker.succeeded()

    assert breaker.state is OPEN


def test_it_probes_when_the_pause_is_over() -> None:
    """Not before; then half open, and no second probe beside the first."""
    rig = Rig()
    rig.opened()
    early = rig.breaker.begin_probe()
    rig.clock.now_s += FIRST_PAUSE_S

    assert (early, rig.breaker.begin_probe(), rig.breaker.begin_probe()) == (False, True, False)
    assert rig.breaker.state is HALF_OPEN


def test_a_probe_that_succeeds_closes_it() -> None:
    """And the next outage begins with the shortest pause again."""
    rig = Rig()
    rig.opened()
    rig.probing().probe_failed("gone")
    rig.probing().probe_succeeded()
    closed = rig.breaker.state
    rig.opened()

    assert closed is CLOSED
    assert rig.breaker.probe_in_s == pytest.approx(FIRST_PAUSE_S)


def test_pauses_double_up_to_the_longest() -> None:
    """A server that stays away is asked less and less, but never less than every LONGEST_PAUSE_S."""
    rig = Rig()
    rig.opened()
    pauses = []
    for _ in range(6):
        pauses.append(rig.breaker.probe_in_s)
        rig.probing().probe_failed("gone")

    expected = [min(FIRST_PAUSE_S * 2**step, LONGEST_PAUSE_S) for step in range(6)]
    assert pauses == [pytest.approx(pause) for pause in expected]


@given(st.floats(0, 1))
def test_pauses_are_spread(dice: float) -> None:
    """Half of a pause is chance, so that a hundred processes do not knock together."""
    assert FIRST_PAUSE_S / 2 <= Rig(dice).opened().probe_in_s <= FIRST_PAUSE_S
