"""Keeps the measured baseline of single calls fresh while a desk is open."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from racecontrol.errors import RaceControlError
from racecontrol.queues.baseline import measure_baseline
from racecontrol.server.client import ServerClient

logger = logging.getLogger(__name__)

LOOK_S: Final = 300.0
"""Between two looks at its age; it is measured again when it is an hour old."""


async def keep_baseline(client: ServerClient) -> None:
    """Measure at once where nobody has within the hour, then go on looking until cancelled."""
    while True:
        try:
            await measure_baseline(client)
        except RaceControlError as exc:
            logger.warning("baseline not measured: %s", exc)
        await asyncio.sleep(LOOK_S)
