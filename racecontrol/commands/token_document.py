"""What is known of a token, as JSON: never the token itself."""

from __future__ import annotations

from racecontrol.domain.clock import iso_utc
from racecontrol.state.tokens import IssuedToken


def token_document(token: IssuedToken) -> dict[str, object]:
    """The token's part of a `--json` answer."""
    return {
        "id": token.token_id,
        "kind": token.kind.value,
        "race": token.race_id or None,
        "bib": token.bib or None,
        "name": token.name or None,
        "issued": iso_utc(token.issued_ms),
        "expires": iso_utc(token.expires_ms),
    }
