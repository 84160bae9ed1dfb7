"""Named crash points: where a test may end or hold a process, to see that nothing is lost there."""

from __future__ import annotations

from collections.abc import Callable

Checkpoint = Callable[[str], None]
"""Is told the name of the point that is reached."""


def pass_by(point: str) -> None:
    """What production does at every crash point: nothing."""
