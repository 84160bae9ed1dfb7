"""Where the real competition data is, for the tests that want it."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared_data(name: str) -> Path:
    """The folder `name` of the shared data; skips the test where it is absent."""
    folder = SHARED_DATA / name
    if not folder.exists():
        pytest.skip(f"the shared data is not beside this checkout: {name}")
    return folder
