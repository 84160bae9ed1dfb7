"""Keeps the measured baseline of single calls fresh while a desk, a service or a worker runs."""

from __future__ import annotations

from typing import Final

from racecontrol.pipeline.recurring import Recurring
from racecontrol.queues.baseline import measure_baseline
from racecontrol.server.client import ServerClient

LOOK_S: Final = 5.0
"""Between two looks at its age, of two round trips each; it is measured again when it is an hour old, a
minute if it was disturbed, and at once where a server that came back empty has none."""


class BaselineWatch(Recurring):
    """Measures where nobody on this server has within the hour, then looks on.

    first_s: before the first look, for a process that is busy as it begins: it would measure itself.
    """

    def __init__(self, client: ServerClient, *, first_s: float = 0) -> None:
        super().__init__(LOOK_S, first_s=first_s)
        self._client = client

    async def _turn(self) -> None:
        await measure_baseline(self._client)
