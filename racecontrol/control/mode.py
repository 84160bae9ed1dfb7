"""Switching competition mode, with the queues' depths at that moment kept for reports."""

from __future__ import annotations

import logging

from racecontrol.control.site import Site
from racecontrol.domain.depth import Occasion
from racecontrol.errors import StoreError
from racecontrol.pipeline.depths import record_depths
from racecontrol.state.model import Mode

logger = logging.getLogger(__name__)


async def switch_competition(site: Site, is_on: bool, operator: str | None = None) -> Mode:
    """Turn competition mode on or off for every process of the site, and give the mode that is.

    operator: who does it; the site's own by default. The switch stands even where the store keeps nothing.

    Raises: ServerUnavailable.
    """
    if await site.modes.set_mode(is_on, operator or site.operator):
        try:
            await record_depths(site.queue, site.store, Occasion.ON if is_on else Occasion.OFF)
        except StoreError as exc:
            logger.warning("depths at the switch not kept: %s", exc)
    return await site.modes.mode()
