"""What a desk is opened with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from racecontrol.desk.lines.signs import UNICODE, Signs
from racecontrol.domain.task import Task

REFRESHES_S = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""The refresh rates that + and - go through; the fastest costs about a tenth of a core."""


@dataclass(frozen=True, slots=True)
class DeskOptions:
    """A desk's choices, made once.

    task: for the map. screenshots, exports: folders, made when first written to. refresh_s: one of
    REFRESHES_S or any other. keys: other keys by id, see keymap. signs: what the terminal can show.
    """

    race_id: str
    task: Task | None = None
    screenshots: Path = Path("screenshots")
    exports: Path = Path("exports")
    refresh_s: float = 1.0
    theme: str = "race-dark"
    is_read_only: bool = False
    signs: Signs = UNICODE
    keys: Mapping[str, str] = field(default_factory=dict)
