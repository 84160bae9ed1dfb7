"""Tokens: JWTs of this site, signed with its key (HS256), checked without asking anybody.

    {"iss": "racecontrol", "jti": id, "scope": "points", "race": "R42", "bib": "17", "iat": …, "exp": …}

A token of scope "points" without a bib is good for the whole race. Whether a token was taken back
is not in the token: see `control.revocations`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import jwt

from racecontrol.control.secret_files import kept_secret
from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.domain.sender import Sender, SenderKind
from racecontrol.errors import ConfigError, TokenRefused
from racecontrol.settings import Settings
from racecontrol.state.tokens import IssuedToken

ALGORITHM: Final = "HS256"
ISSUER: Final = "racecontrol"

DAY_MS: Final = 86_400_000
RACE_TOKEN_DAYS: Final = 14
"""A competition with its training days; a tracker that is lost stays one race long a risk."""

LONGEST_TOKEN: Final = 2_048
"""Characters. Ours have some 300; more is not worth decoding."""

_SHORTEST_KEY: Final = 32
_POINTS: Final = "points"
_REQUIRED: Final = ("iss", "jti", "scope", "iat", "exp")


@dataclass(frozen=True, slots=True)
class CheckedToken:
    """A token whose signature holds. expires_ms: UTC."""

    sender: Sender
    expires_ms: int


def token_key(settings: Settings) -> str:
    """The site's key: of RACECONTROL_TOKEN_KEY, else of the file token.key, made where there is none.

    Raises: ConfigError where it is too short, or others can read the file.
    """
    if settings.token_key is None:
        return kept_secret(settings.data_dir / "token.key")
    key = settings.token_key.get_secret_value()
    if len(key) < _SHORTEST_KEY:
        advice = f"give at least {_SHORTEST_KEY} random characters, or leave it away"
        raise ConfigError(f"RACECONTROL_TOKEN_KEY has {len(key)} characters", advice=advice)
    return key


def operator_token_path(settings: Settings) -> Path:
    """Where `serve` puts a token for whoever runs it."""
    return settings.data_dir / "operator.token"


class Signer:
    """Signs and checks the tokens of one site."""

    def __init__(self, key: str, clock: Clock = SYSTEM_CLOCK) -> None:
        self._key = key
        self._clock = clock

    def issue(
        self, kind: SenderKind, valid_ms: int, *, race_id: str = "", bib: str = "", name: str = ""
    ) -> tuple[str, IssuedToken]:
        """A new token, and what is to be kept of it. Texts: cleaned by the caller."""
        now_ms = self._clock.now_ms()
        token = IssuedToken(uuid4().hex, kind, race_id, bib, name, now_ms, now_ms + valid_ms)
        return self._signed(token), token

    def check(self, text: str) -> CheckedToken:
        """What a token says, its signature, claims and expiry being checked. Cost: 25 µs.

        Raises: TokenRefused, which never tells more than a guesser may know.
        """
        if len(text) > LONGEST_TOKEN:
            raise TokenRefused("a token that is none of ours")
        # The time comes from our clock; expiry is checked below.
        options: Any = {"require": list(_REQUIRED), "verify_exp": False, "verify_iat": False}
        try:
            claims = jwt.decode(text, self._key, algorithms=[ALGORITHM], issuer=ISSUER, options=options)
            checked = _read(claims)
        except (jwt.InvalidTokenError, ValueError, TypeError, KeyError) as exc:
            raise TokenRefused("a token that is none of ours") from exc
        if checked.expires_ms <= self._clock.now_ms():
            raise TokenExpired("the token has expired", advice="ask the race office for a new one")
        return checked

    def _signed(self, token: IssuedToken) -> str:
        scope = _POINTS if token.kind in (SenderKind.PILOT, SenderKind.RACE) else token.kind.value
        claims = {
            "iss": ISSUER,
            "jti": token.token_id,
            "scope": scope,
            "iat": token.issued_ms // 1000,
            "exp": token.expires_ms // 1000,
        } | {
            name: value
            for name, value in (("race", token.race_id), ("bib", token.bib), ("name", token.name))
            if value
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM)


class TokenExpired(TokenRefused):
    """A token of ours whose time is over: no guess."""


def _read(claims: Mapping[str, Any]) -> CheckedToken:
    """Raises: ValueError, TypeError or KeyError for claims that no token of ours has."""
    race_id, bib, name, token_id = (_text(claims, claim) for claim in ("race", "bib", "name", "jti"))
    scope = claims["scope"]
    points_kind = SenderKind.PILOT if bib else SenderKind.RACE
    kind = points_kind if scope == _POINTS else SenderKind(scope)
    if kind is SenderKind.DEVICE or not token_id or (scope == _POINTS) != bool(race_id):
        raise ValueError("claims that do not go together")
    return CheckedToken(Sender(kind, race_id, bib, token_id, name), int(claims["exp"]) * 1000)


def _text(claims: Mapping[str, Any], claim: str) -> str:
    value = claims.get(claim, "")
    if not isinstance(value, str):
        raise TypeError(claim)
    return value
