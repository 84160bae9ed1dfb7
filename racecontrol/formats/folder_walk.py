"""Every file below a folder that people hand in, and what of it cannot be looked into."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from racecontrol.errors import FormatError
from racecontrol.formats.source import unreadable


def files_below(folder: Path) -> tuple[list[Path], list[FormatError]]:
    """The plain files in the order of their paths, and an error for each folder inside that is closed.

    Links to folders are not followed. Raises: FormatError where the folder itself cannot be read.
    """
    refused: list[OSError] = []
    files = [
        Path(place, name)
        for place, _, names in os.walk(folder, onerror=refused.append)
        for name in names
        if _may_be_read(Path(place, name))
    ]
    faults = [unreadable(exc, str(exc.filename)) for exc in refused]
    if refused and Path(refused[0].filename) == folder:
        raise faults[0]
    return sorted(files), faults


def _may_be_read(path: Path) -> bool:
    """A plain file, or one whose reading will say why not. A pipe would be waited for."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True
