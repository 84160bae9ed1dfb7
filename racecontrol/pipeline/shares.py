"""How workers share themselves between the queues. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from racecontrol.domain.priority import FLYMASTER_POINTS, LIVE_POINTS, SCORING_POINTS, UPLOAD_POINTS

SHARES: Final[Mapping[str, float]] = {
    LIVE_POINTS: 4.0,
    FLYMASTER_POINTS: 3.0,
    SCORING_POINTS: 2.0,
    UPLOAD_POINTS: 1.0,
}
"""Of the points stored while every queue has work. What one queue does not use goes to the others."""

COMPETITION_SHARES: Final[Mapping[str, float]] = {**SHARES, UPLOAD_POINTS: 0.25}
"""In competition mode uploads are cut to a floor of one point in 37, never to nothing."""


class Turns:
    """Whose turn it is: the queue that was served least for its share.

    A queue that comes back from being empty has saved nothing up: it begins level with the others.
    """

    def __init__(self, shares: Mapping[str, float] = SHARES) -> None:
        self.shares = shares
        self._served = dict.fromkeys(shares, 0.0)
        self._contenders: frozenset[str] = frozenset()

    def next(self, queues: Collection[str]) -> str:
        """The queue to serve, of those that may have work: at least one."""
        contenders = frozenset(queues)
        level = min((self._served[queue] for queue in contenders & self._contenders), default=None)
        if level is None:
            level = max(self._served[queue] for queue in contenders)
        for queue in contenders - self._contenders:
            self._served[queue] = max(self._served[queue], level)
        self._contenders = contenders
        return min((queue for queue in self.shares if queue in contenders), key=self._served.__getitem__)

    def charge(self, queue: str, points: int) -> None:
        """Count what the queue was served; an item without points counts as one."""
        self._served[queue] += max(1, points) / self.shares[queue]
