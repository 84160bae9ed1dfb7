"""Tracks out: every file format in which a flight can be handed on, and the names of the files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Final

from racecontrol.domain.fixes import Fixes
from racecontrol.errors import ConfigError
from racecontrol.formats.csv_writer import write_csv
from racecontrol.formats.geojson_writer import write_geojson
from racecontrol.formats.igc_writer import write_igc
from racecontrol.formats.parquet_writer import write_parquet

TrackWriter = Callable[[Fixes, str], bytes]
"""Fixes and the pilot's name to the bytes of a file."""


def _igc(fixes: Fixes, pilot_name: str) -> bytes:
    return write_igc(fixes, {"pilot": pilot_name, "competition id": fixes.flight.bib})


WRITERS: Final[Mapping[str, TrackWriter]] = {
    "igc": _igc,
    "csv": write_csv,
    "geojson": write_geojson,
    "parquet": write_parquet,
}
"""Every format by the name that `--format` takes; it is the file's suffix as well."""

FORMATS: Final = tuple(WRITERS)

_SAFE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def write_track(fixes: Fixes, *, pilot_name: str, file_format: str) -> bytes:
    """One flight as a file that reads back as the same times, positions, heights, speeds and headings.

    pilot_name: cleaned.
    Raises: ConfigError for a format not in FORMATS, or one whose library is not installed; FormatError
    for fixes with a value that the format cannot hold.
    """
    return writer_of(file_format)(fixes, pilot_name)


def writer_of(file_format: str) -> TrackWriter:
    """The writer of a format. Raises: ConfigError for a format not in FORMATS."""
    try:
        return WRITERS[file_format]
    except KeyError:
        raise ConfigError(
            f"no such track format: {file_format!r}", advice=f"use one of {', '.join(FORMATS)}"
        ) from None


def file_suffix(file_format: str) -> str:
    """The suffix of a format's files, with the dot."""
    return f".{file_format}"


def track_file_name(race_id: str, bib: str, file_format: str) -> str:
    """The name of a pilot's file: `R42_118.igc`. Safe on any disk, and another pilot has another name."""
    return f"{_safe(race_id)}_{_safe(bib)}{file_suffix(file_format)}"


def _safe(text: str) -> str:
    """The text where it is letters, digits, - and _; else what is left of it and a digest of the whole."""
    if _SAFE.fullmatch(text):
        return text
    left = re.sub(r"[^A-Za-z0-9_-]+", "-", text)[:40].strip("-")
    return f"{left}-{hashlib.blake2b(text.encode('utf-8', 'replace'), digest_size=4).hexdigest()}"
