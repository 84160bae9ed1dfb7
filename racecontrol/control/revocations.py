"""Which tokens were taken back, as this process knows it: asked for twice a second, kept in a file.

While the server is away the last copy stands; a process that starts meanwhile reads it from the file.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Final, Self

import msgspec

from racecontrol.control.secret_files import write_secret
from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.errors import ConfigError
from racecontrol.pipeline.recurring import Recurring
from racecontrol.state.tokens import IssuedTokens

EVERY_S: Final = 0.5

_log = logging.getLogger(__name__)


class Revocations(Recurring):
    """The ids of tokens taken back, while the block runs."""

    def __init__(self, tokens: IssuedTokens, copy: Path, clock: Clock = SYSTEM_CLOCK) -> None:
        """copy: the file of the last copy; several processes may share it."""
        super().__init__(EVERY_S)
        self._tokens = tokens
        self._copy = copy
        self._clock = clock
        self._revoked: dict[str, int] = _read(copy)

    def __contains__(self, token_id: object) -> bool:
        return token_id in self._revoked

    async def __aenter__(self) -> Self:
        await self.take_turn()
        return await super().__aenter__()

    async def _turn(self) -> None:
        revoked = await self._tokens.revoked()
        # A server that lost its data must not make a revoked token good again.
        now_ms = self._clock.now_ms()
        revoked = {one: ends_ms for one, ends_ms in (self._revoked | revoked).items() if ends_ms > now_ms}
        if revoked != self._revoked:
            self._revoked = revoked
            await asyncio.to_thread(self._keep, revoked)

    def _keep(self, revoked: dict[str, int]) -> None:
        try:
            write_secret(self._copy, msgspec.json.encode(revoked).decode())
        except ConfigError as exc:
            _log.warning("revoked tokens: the copy cannot be written reason=%s", exc)


def _read(copy: Path) -> dict[str, int]:
    try:
        return msgspec.json.decode(copy.read_bytes(), type=dict[str, int])
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as exc:
        # Of a copy that cannot be read nothing stands; the server's answer replaces it.
        _log.warning("revoked tokens: the copy cannot be read path=%s reason=%s", copy, exc)
        return {}
