"""How the queues share the workers."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from racecontrol.domain.priority import FLYMASTER_POINTS, LIVE_POINTS, QUEUES, SCORING_POINTS, UPLOAD_POINTS
from racecontrol.pipeline.shares import COMPETITION_SHARES, SHARES, Turns


def served(turns: Turns, queues: list[str], rounds: int, points: int = 100) -> Counter[str]:
    """Points that each queue was served in that many turns of equal size."""
    total: Counter[str] = Counter()
    for _ in range(rounds):
        queue = turns.next(queues)
        turns.charge(queue, points)
        total[queue] += points
    return total


def test_busy_queues_are_served_by_their_shares() -> None:
    """Live 4, flymaster 3, scoring 2, upload 1."""
    total = served(Turns(), list(QUEUES), 1000, points=1)

    assert total == {LIVE_POINTS: 400, FLYMASTER_POINTS: 300, SCORING_POINTS: 200, UPLOAD_POINTS: 100}


def test_what_a_queue_does_not_use_goes_to_the_others() -> None:
    """With live and scoring empty, flymaster and upload share 3 to 1."""
    total = served(Turns(), [FLYMASTER_POINTS, UPLOAD_POINTS], 400, points=1)

    assert total == {FLYMASTER_POINTS: 300, UPLOAD_POINTS: 100}


def test_a_queue_saves_nothing_up_while_it_is_empty() -> None:
    """Uploads that come after an hour of live points get their share, not the hour."""
    turns = Turns()
    served(turns, [LIVE_POINTS], 10_000)

    total = served(turns, [LIVE_POINTS, UPLOAD_POINTS], 500, points=1)

    assert 99 <= total[UPLOAD_POINTS] <= 101


def test_a_queue_owes_nothing_for_what_it_had_alone() -> None:
    """Live points that were served alone for an hour are not locked out when uploads come."""
    turns = Turns()
    served(turns, [UPLOAD_POINTS], 1)
    served(turns, [LIVE_POINTS], 10_000)

    total = served(turns, [LIVE_POINTS, UPLOAD_POINTS], 500, points=1)

    assert 399 <= total[LIVE_POINTS] <= 401


def test_competition_cuts_uploads_to_a_floor_and_not_to_nothing() -> None:
    """One point in 37."""
    total = served(Turns(COMPETITION_SHARES), list(QUEUES), 3700, points=1)

    assert total[UPLOAD_POINTS] == 100


def test_shares_can_change_while_it_runs() -> None:
    """The mode is switched in the middle of the work."""
    turns = Turns()
    served(turns, list(QUEUES), 1000, points=1)
    turns.shares = COMPETITION_SHARES

    total = served(turns, list(QUEUES), 3700, points=1)

    assert 95 <= total[UPLOAD_POINTS] <= 105


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.sets(st.sampled_from(QUEUES), min_size=1), st.integers(0, 50_000)), max_size=200)
)
def test_only_a_queue_with_work_gets_a_turn(turns_asked: list[tuple[set[str], int]]) -> None:
    """Whatever came before."""
    turns = Turns()
    for queues, points in turns_asked:
        queue = turns.next(queues)
        turns.charge(queue, points)

        assert queue in queues


def test_every_queue_has_a_share_in_both_modes() -> None:
    """A queue without one would never be read."""
    assert set(SHARES) == set(COMPETITION_SHARES) == set(QUEUES)
    assert min(COMPETITION_SHARES.values()) > 0
