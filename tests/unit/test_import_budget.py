"""What importing the command line may pull in."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("library", ["textual", "redis", "numpy", "pydantic", "aerofiles", "sqlite3"])
def test_cli_import_pulls_in_no_heavy_library(library: str) -> None:
    """`racecontrol --help` answers without importing a library that only some commands need."""
    probe = f"import sys, racecontrol.cli; racecontrol.cli.build_parser(); print({library!r} in sys.modules)"

    printed = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stdout

    assert printed.strip() == "False"
