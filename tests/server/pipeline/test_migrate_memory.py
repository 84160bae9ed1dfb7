"""A migration of two million points in little memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from racecontrol.domain.clock import iso_utc
from tests.builders import GUN_MS
from tests.e2e.cli import Cli

MEGABYTE = 1024 * 1024

FLIGHTS, POINTS = 500, 4_000

MEASURED = """
import resource, sys
from racecontrol.cli import main
import racecontrol.control.site, racecontrol.pipeline.migrate
begun_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
code = main(sys.argv[1:])
print(code, begun_kb, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


@pytest.mark.long
@pytest.mark.timeout(300)
def test_two_million_points_take_little_memory(tmp_path: Path) -> None:
    """Interleaved rows of 500 flights come in exact, with at most 150 MB above what the start takes."""
    table = tmp_path / "points.csv"
    with table.open("w") as file:
        file.write("flight_id,datetime,lat,lon,elevation\n")
        for second in range(POINTS):
            time = iso_utc(GUN_MS + second * 1000)
            file.writelines(
                f"R42/{number},{time},{45 + second * 1e-5:.7f},{6 + number * 1e-3:.7f},1500\n"
                for number in range(FLIGHTS)
            )
    site = Cli(tmp_path / "site")
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, "migrate", str(table)],
        env={**os.environ, **site.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    code, begun_kb, peak_kb = map(int, done.stderr.split()[-3:])

    assert code == 0
    assert f"{FLIGHTS * POINTS} points of {FLIGHTS} flights" in done.stdout
    assert (peak_kb - begun_kb) * 1024 < 150 * MEGABYTE
