"""What operators do with tokens: issue, list, revoke; and the token that `serve` leaves for them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from racecontrol.control.secret_files import write_secret
from racecontrol.control.site import Site
from racecontrol.control.tokens import DAY_MS, Signer, operator_token_path, token_key
from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.domain.sender import SenderKind
from racecontrol.errors import ConfigError, QueueError, RaceControlError, ServerUnavailable, TokenRefused
from racecontrol.state.tokens import IssuedToken, IssuedTokens, ListedToken

OPERATOR_TOKEN_DAYS: Final = 90
RENEWED_DAYS: Final = 30
"""`serve` leaves a new token when the old one has less than this to go."""

_SHORTEST_PREFIX: Final = 6

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Given:
    """A token that was just issued. text: to be handed over; it is kept nowhere."""

    text: str
    token: IssuedToken


class TokenVerbs:
    """What the site's operator can do with tokens. Every method raises ServerUnavailable."""

    def __init__(self, site: Site, clock: Clock = SYSTEM_CLOCK) -> None:
        """Raises: ConfigError where the site's key cannot be used."""
        self._site = site
        self._signer = Signer(token_key(site.settings), clock)
        self._tokens = IssuedTokens(site.client)
        self._clock = clock

    async def issue(
        self, kind: SenderKind, days: float, *, race_id: str = "", bib: str = "", name: str = ""
    ) -> Given:
        """Issue a token, and note that in the race log.

        Raises: RaceError for no such race; ConfigError for a bib that is not on its roster.
        """
        if race_id:
            race = self._site.race(race_id)
            if bib and bib not in {pilot.bib for pilot in race.pilots}:
                raise ConfigError(
                    f"{race_id} has no bib {bib}", advice=f"see `racecontrol race show {race_id}`"
                )
        text, token = self._signer.issue(kind, int(days * DAY_MS), race_id=race_id, bib=bib, name=name)
        await self._tokens.add(token, self._site.operator)
        return Given(text, token)

    async def listed(self) -> list[ListedToken]:
        """Every token issued, the latest first."""
        return await self._tokens.listed()

    async def revoke(self, wanted: str) -> IssuedToken:
        """Take a token back by its id, at least its first 6 characters, or by the token itself.

        Raises: RaceControlError where none, or more than one, is meant.
        """
        token_id = self._id_in(wanted)
        found = [one.token for one in await self._tokens.listed() if one.token.token_id.startswith(token_id)]
        if len(token_id) < _SHORTEST_PREFIX or len(found) != 1:
            what = f"{len(found)} tokens begin with {token_id[:32]!r}"
            raise RaceControlError(what, advice="see `racecontrol token ls`; give more of the id")
        await self._tokens.revoke(found[0], self._site.operator)
        return found[0]

    async def leave_operator_token(self) -> None:
        """See that operator.token holds a good one. With the server away it is noted in no list."""
        path = operator_token_path(self._site.settings)
        revoked = await self._revoked()
        if await asyncio.to_thread(self._is_good, path, revoked):
            return
        text, token = self._signer.issue(
            SenderKind.OPERATOR, OPERATOR_TOKEN_DAYS * DAY_MS, name=self._site.operator
        )
        await asyncio.to_thread(write_secret, path, text)
        try:
            await self._tokens.add(token, self._site.operator)
        except (ServerUnavailable, QueueError) as exc:
            _log.warning("operator token: not listed id=%s reason=%s", token.token_id, exc)

    async def _revoked(self) -> Collection[str]:
        try:
            return await self._tokens.revoked()
        except (ServerUnavailable, QueueError):
            return ()

    def _is_good(self, path: Path, revoked: Collection[str]) -> bool:
        """Whether the file holds a token of ours that lasts, and only its owner can read it."""
        try:
            checked = self._signer.check(path.read_text(encoding="ascii", errors="replace").strip())
            is_private = not path.stat().st_mode & 0o077
        except (OSError, TokenRefused):
            return False
        lasts_ms = checked.expires_ms - self._clock.now_ms()
        is_operators = checked.sender.kind is SenderKind.OPERATOR
        is_living = checked.sender.token_id not in revoked and lasts_ms > RENEWED_DAYS * DAY_MS
        return is_private and is_operators and is_living

    def _id_in(self, wanted: str) -> str:
        """The id of a token that was given whole, else what was given."""
        try:
            return self._signer.check(wanted).sender.token_id
        except TokenRefused:
            return wanted
