"""Which race a token says it is of: read, not checked, which is the service's affair."""

from __future__ import annotations

import jwt

from racecontrol.errors import ConfigError

_ADVICE = "make one: racecontrol token issue --race ID"


def race_of_token(token: str) -> str:
    """The race of a token for a whole race. Raises: ConfigError for any other."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError as exc:
        raise ConfigError("--token is no token of a service", advice=_ADVICE) from exc
    race_id = claims.get("race")
    if not isinstance(race_id, str) or not race_id or claims.get("bib"):
        raise ConfigError("--token is not of a whole race", advice=_ADVICE)
    return race_id
