"""The access log: a line a request, key=value. No tokens, no query, no positions, no names."""

from __future__ import annotations

import logging
import logging.handlers
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from racecontrol.domain.clock import SYSTEM_CLOCK, Clock, iso_utc
from racecontrol.domain.sender import Sender
from racecontrol.http.answer import Scope
from racecontrol.http.guard import address_of

_log = logging.getLogger("racecontrol.http.access")

_MOST_PATH: Final = 200


@dataclass(slots=True)
class Seen:
    """What is told of one request; filled while it is served."""

    sender: Sender | None = None
    body_bytes: int = 0
    points: int = 0
    status: int = 0


class AccessLog:
    """Writes the lines. Costs 20 µs a request, nothing where the log is off."""

    def __init__(self, clock: Clock = SYSTEM_CLOCK) -> None:
        self._clock = clock

    def tell(self, scope: Scope, seen: Seen, began_s: float) -> None:
        """Write the line of a request that was answered. began_s: monotonic."""
        if not _log.isEnabledFor(logging.INFO):
            return
        _log.info(
            "time=%s method=%s path=%s status=%d ms=%.1f bytes=%d points=%d sender=%s address=%s",
            iso_utc(self._clock.now_ms()),
            scope["method"],
            _shown_path(scope),
            seen.status,
            (self._clock.monotonic_s() - began_s) * 1000,
            seen.body_bytes,
            seen.points,
            f"{seen.sender.kind}:{seen.sender.token_id[:12]}" if seen.sender else "-",
            address_of(scope) or "-",
        )


def open_access_log(path: Path) -> logging.Handler:
    """Let the lines go to a file, which others may move away (logrotate). Close the handler at the end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.WatchedFileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(message)s"))
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)
    _log.propagate = False
    return handler


def _shown_path(scope: Scope) -> str:
    return _printable(scope.get("raw_path") or scope["path"].encode("utf-8", "replace"))


@lru_cache(maxsize=1_024)
def _printable(raw_path: bytes) -> str:
    """The path as sent, percent-encoded, so that nothing in it can break a line."""
    text = raw_path[:_MOST_PATH].decode("latin-1")
    return "".join(char if "!" <= char <= "~" else "?" for char in text)
