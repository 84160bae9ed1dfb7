"""Which extension columns an IGC file of some fixes needs, and what positions such a file can tell.

A B record has thousandths of a minute of arc and whole seconds. Extension columns add digits
to both; they are declared only where the fixes need them, so that an ordinary logger track comes
out with the plain 35-character records it came in with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from racecontrol.domain.fixes import MISSING, Fixes, Int32Column, Int64Column

PLAIN_WIDTH: Final = 35
"""Characters of a B record without extensions."""

SPEED_DIGITS: Final = 6
"""GSP in thousandths of a km/h: 1 cm/s is 36 of them, so every speed is written exactly."""

HEADING_DIGITS: Final = 3

_MICRO_MINUTES: Final = 6
"""1e-6 minutes of arc in 1e-7 degree. A whole number, so three extra digits write any position exactly."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The extension columns of a file's B records.

    position_digits: of LAD and of LOD, 0..3, decimals after the thousandth of a minute.
    time_digits: of TDS, 0..3, decimals of a second.
    """

    position_digits: int = 0
    time_digits: int = 0
    has_speed: bool = False
    has_heading: bool = False

    def extensions(self) -> list[tuple[str, int]]:
        """The extension codes with their widths, in the order of the line."""
        columns = [
            ("LAD", self.position_digits),
            ("LOD", self.position_digits),
            ("TDS", self.time_digits),
            ("GSP", SPEED_DIGITS * self.has_speed),
            ("TRT", HEADING_DIGITS * self.has_heading),
        ]
        return [(code, width) for code, width in columns if width]


def layout_for(fixes: Fixes) -> Layout:
    """The narrowest layout in which these fixes read back unchanged."""
    return Layout(
        position_digits=max(_position_digits(fixes.lat_e7), _position_digits(fixes.lon_e7)),
        time_digits=_time_digits(fixes.time_ms),
        has_speed=_has_any(fixes.speed_cm_s),
        has_heading=_has_any(fixes.heading_deg),
    )


def extension_records(layout: Layout) -> list[bytes]:
    """The I record that declares a layout's columns; none for plain B records."""
    columns = layout.extensions()
    if not columns:
        return []
    at = PLAIN_WIDTH + 1
    record = f"I{len(columns):02d}"
    for code, width in columns:
        record += f"{at:02d}{at + width - 1:02d}{code}"
        at += width
    return [record.encode()]


def on_grid(position_e7: Int32Column, digits: int) -> Int32Column:
    """The positions nearest to these that a file with `digits` of LAD and LOD can tell."""
    written = scaled_minutes(position_e7, digits) * 10 ** (3 - digits)
    nearest = (written + _MICRO_MINUTES // 2) // _MICRO_MINUTES
    told: Int32Column = np.where(position_e7 < 0, -nearest, nearest).astype(np.int32)
    return told


def scaled_minutes(position_e7: Int32Column, digits: int) -> Int64Column:
    """Minutes of arc without their sign, in units of the last of `digits` after the thousandth."""
    unit = 10 ** (3 - digits)
    micro: Int64Column = np.abs(position_e7.astype(np.int64)) * _MICRO_MINUTES
    scaled: Int64Column = (micro + unit // 2) // unit
    return scaled


def _position_digits(position_e7: Int32Column) -> int:
    return next((n for n in range(3) if np.array_equal(on_grid(position_e7, n), position_e7)), 3)


def _time_digits(time_ms: Int64Column) -> int:
    return next((n for n in range(3) if not (time_ms % 10 ** (3 - n)).any()), 3)


def _has_any(column: Int32Column | None) -> bool:
    return column is not None and bool((column != MISSING).any())
