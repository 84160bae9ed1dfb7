"""Reads IGC tracks: tolerant of what trackers do, exact about what was done to it.

    bytes ─► lines ─► dates, extensions, texts       (igc_lines, igc_headers)
                └───► B records, each with a verdict (igc_records) ─► times (igc_time)
                          └─► sort, one fix a time   (igc_merge) ─► Track

Of the fixes with one time the first in the file stands. Every B record is either a kept fix, or a
repair or a refused line with its reason: `len(fixes) + dropped == b_records`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from racecontrol.domain.fixes import Flight
from racecontrol.domain.track import Track
from racecontrol.formats.igc_headers import read_dates, read_extensions, read_texts
from racecontrol.formats.igc_lines import split_lines
from racecontrol.formats.igc_merge import IgcFile, merge_igc
from racecontrol.formats.igc_records import read_records
from racecontrol.formats.igc_time import record_times
from racecontrol.formats.source import MEGABYTE, read_source

MOST_BYTES: Final = 64 * MEGABYTE
"""A day at 5 Hz with many extensions takes 35 MB; real tracks 0.1 to 2 MB."""


def read_igc(source: Path | bytes, flight: Flight, *, name: str = "") -> Track:
    """Read an IGC file, gzipped or not, or its bytes.

    name: what errors and repairs call the file; its own name if not given.
    Raises: FormatError where it cannot be read as a whole: no date, no IGC, too large, damaged gzip.
    """
    return merge_igc([open_igc(source, name=name)], flight)


def open_igc(source: Path | bytes, *, name: str = "") -> IgcFile:
    """Read one file of a pilot, to be made a track by `merge_igc`. Raises: as `read_igc`."""
    name = name or (source.name if isinstance(source, Path) else "")
    lines = split_lines(read_source(source, MOST_BYTES, name), name)
    dates = read_dates(lines, name)
    records = read_records(lines, read_extensions(lines))
    return IgcFile(name, records, record_times(records, dates), read_texts(lines))
