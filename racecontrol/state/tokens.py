"""Tokens as all processes know them: who was given one, until when, and which were taken back.

The token itself is never kept, only its id (`jti`): who reads the server's memory gets no access.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from racecontrol.domain.sender import SenderKind
from racecontrol.server import keys
from racecontrol.server.client import ServerClient, translated
from racecontrol.server.scripts import Plain, Script, run_batch
from racecontrol.state.fields import fields, text

_SCRIPTS: Final = "racecontrol.state.scripts"
_ISSUE = Script.load(_SCRIPTS, "issue_token")
_REVOKE = Script.load(_SCRIPTS, "revoke_token")


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """What is known of a token. Times: ms UTC. name: of an operator, or a note. Texts are cleaned."""

    token_id: str
    kind: SenderKind
    race_id: str
    bib: str
    name: str
    issued_ms: int
    expires_ms: int


@dataclass(frozen=True, slots=True)
class ListedToken:
    """A token and whether it was taken back."""

    token: IssuedToken
    is_revoked: bool


class IssuedTokens:
    """Every method raises ServerUnavailable; each costs one round trip."""

    def __init__(self, client: ServerClient) -> None:
        self._client = client

    async def add(self, token: IssuedToken, operator: str) -> None:
        """Keep a token that was just issued; its entry in the race log says by whom."""
        names = (keys.TOKENS, keys.LOG)
        told = msgspec.json.encode(token)
        args = (token.token_id, told, token.race_id, operator, describe(token))
        with translated(self._client):
            await _ISSUE(self._client.commands, names, args)

    async def listed(self) -> list[ListedToken]:
        """Every token ever issued here, the latest first."""
        reads: list[Plain] = [("HGETALL", keys.TOKENS), ("ZRANGE", keys.REVOKED_TOKENS, 0, -1)]
        with translated(self._client):
            answer, revoked = await run_batch(self._client.commands, reads)
        taken_back = {text(token_id) for token_id in revoked}
        tokens = [msgspec.json.decode(told, type=IssuedToken) for told in fields(answer).values()]
        tokens.sort(key=lambda token: token.issued_ms, reverse=True)
        return [ListedToken(token, token.token_id in taken_back) for token in tokens]

    async def revoke(self, token: IssuedToken, operator: str) -> bool:
        """Take a token back, in every process within a second; whether it was not taken back before."""
        names = (keys.REVOKED_TOKENS, keys.LOG)
        args = (token.token_id, token.expires_ms, token.race_id, operator, describe(token))
        with translated(self._client):
            return bool(await _REVOKE(self._client.commands, names, args))

    async def revoked(self) -> dict[str, int]:
        """When each revoked token would have expired, ms UTC, by its id."""
        with translated(self._client):
            answer: Any = await self._client.commands.zrange(keys.REVOKED_TOKENS, 0, -1, withscores=True)
        return {text(token_id): int(expires_ms) for token_id, expires_ms in answer}


def describe(token: IssuedToken) -> str:
    """The token in a few words, for the race log and for people: never the token itself."""
    whose = f" {token.bib}" if token.bib else f" {token.name}" if token.name else ""
    return f"{token.kind} token{whose} {token.token_id[:8]}"
