"""What an operator can do about calls for help: see them, acknowledge them."""

from __future__ import annotations

from racecontrol.control.site import Site
from racecontrol.errors import RaceStateError
from racecontrol.state.sos import SosCall, SosCalls


class SosVerbs:
    """Calls for help of a site. Every method raises ServerUnavailable; each costs one round trip."""

    def __init__(self, site: Site) -> None:
        self._calls = SosCalls(site.client)
        self._operator = site.operator

    async def calls(self) -> tuple[SosCall, ...]:
        """The latest call of each pilot, the oldest first; acknowledged ones among them."""
        return await self._calls.calls()

    async def acknowledge(self, race_id: str, bib: str) -> None:
        """Take a pilot's alert down everywhere, in this operator's name; the next SOS raises it again.

        Raises: RaceStateError where no call of that pilot waits.
        """
        if not await self._calls.acknowledge(race_id, bib, self._operator):
            raise RaceStateError(f"no SOS of bib {bib} in {race_id} waits", advice="see racecontrol sos ls")
