"""The fixture races, and what must come out of them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from racecontrol.domain.race import Race
from racecontrol.formats.racefolder import open_race

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


@cache
def fixture_race(race_id: str = "R42") -> Race:
    """A race that comes with the project, opened."""
    return open_race(FIXTURES / race_id)


@cache
def expected_of(race_id: str = "R42") -> dict[str, Any]:
    """What its generator says must come out."""
    document: dict[str, Any] = json.loads((FIXTURES / race_id / "expected.json").read_text(encoding="utf-8"))
    return document
