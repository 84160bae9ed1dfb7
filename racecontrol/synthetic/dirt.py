"""What real trackers do to a file's lines. Each function takes the clean lines and gives the dirty ones.

The shapes are those measured on the tracks of real competitions: packets that come late or many
times, packets that never come, small steps back in time, a position that is none, bits that fell over.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from racecontrol.domain.fixes import MISSING
from racecontrol.formats.igc_layout import Layout, on_grid
from racecontrol.synthetic.dice import Dice
from racecontrol.synthetic.lines import Fix, Line, line_of

PACKET_LINES = 20
"""Fixes that a tracker sends together."""

MISSING_PACKET_S = 99
"""Gaps of real tracks are multiples of this: a packet of 100 fixes at 1 Hz that never came."""

ASIDE_E7 = 1400
"""15 m north: how far a contradicting fix lies from the first of its second."""

Dirt = Callable[[list[Line], Dice], list[Line]]


def retransmit(lines: list[Line], dice: Dice) -> list[Line]:
    """A tracker that hears no answer sends its last packets over and over, out of order."""
    packets = _packets(lines)
    sent: list[Line] = []
    for number, packet in enumerate(packets):
        sent += packet
        for _ in range(dice.whole(3, 6)):
            sent += packets[max(0, number - dice.whole(0, 3))]
    return sent


def delay_packets(lines: list[Line], dice: Dice) -> list[Line]:
    """One packet in eight arrives after the two that follow it."""
    packets = _packets(lines)
    for number in dice.sample(range(len(packets) - 3), len(packets) // 8):
        packets[number], packets[number + 1], packets[number + 2] = (
            packets[number + 1],
            packets[number + 2],
            packets[number],
        )
    return [line for packet in packets for line in packet]


def step_back(lines: list[Line], dice: Dice) -> list[Line]:
    """A fix now and then stands before its predecessor, which some readers take for midnight."""
    swapped = list(lines)
    for at in dice.sample(range(0, len(lines) - 1, 2), 12):
        swapped[at], swapped[at + 1] = swapped[at + 1], swapped[at]
    return swapped


def contradict(lines: list[Line], dice: Dice) -> list[Line]:
    """A second fix of the same second, ASIDE_E7 away, and as many that repeat the first exactly."""
    doubled = set(dice.sample(range(len(lines)), 40))
    sent: list[Line] = []
    for number, line in enumerate(lines):
        sent.append(line)
        if number in doubled and line.fix is not None:
            sent.append(_moved(line.fix) if dice.whole(0, 1) else line)
    return sent


def lose_packets(lines: list[Line], dice: Dice) -> list[Line]:
    """Gaps of one or two lost packets, in the first part of a track, so that nobody is silent at the gun."""
    kept = list(lines)
    for _ in range(5):
        at = dice.whole(1, len(kept) // 5)
        before, gap_ms = kept[at - 1].fix, MISSING_PACKET_S * 1000 * dice.whole(1, 2)
        if before is not None:
            kept = [*kept[:at], *(line for line in kept[at:] if _is_from(line, before.time_ms + gap_ms))]
    return kept


def start_nowhere(lines: list[Line], dice: Dice) -> list[Line]:
    """Until its receiver sees the sky the tracker writes V fixes at 0/0; later it loses it once more."""
    first, lost = dice.whole(8, 14), dice.whole(len(lines) // 4, len(lines) // 2)
    return [
        *nowhere(lines[:first]),
        *lines[first:lost],
        *nowhere(lines[lost : lost + 6]),
        *lines[lost + 6 :],
    ]


def lose_height(lines: list[Line], dice: Dice) -> list[Line]:
    """With three satellites in sight the tracker knows where it is and not how high."""
    at = dice.whole(len(lines) // 4, len(lines) // 2)
    flat = [
        Line(line.text[:24] + b"V" + line.text[25:30] + b"00000" + line.text[35:], _without_height(line.fix))
        for line in lines[at : at + 30]
    ]
    return [*lines[:at], *flat, *lines[at + 30 :]]


def damage(lines: list[Line], dice: Dice) -> list[Line]:
    """Lines cut short, letters among digits, a minute of 60 and more, an hour of 25."""
    damaged = list(lines)
    breakers = (_cut, _letter, _minute_of_60, _hour_of_25)
    for number, at in enumerate(dice.sample(range(10, len(lines)), 4 * len(breakers))):
        damaged[at] = Line(breakers[number % len(breakers)](lines[at].text), None)
    return damaged


def nowhere(lines: list[Line]) -> list[Line]:
    """The same lines without a position: V, 0/0, no heights."""
    return [Line(line.text[:7] + b"0000000N00000000EV0000000000", None) for line in lines]


def _without_height(fix: Fix | None) -> Fix | None:
    return None if fix is None else fix._replace(gnss_alt_m=MISSING)


def _moved(fix: Fix) -> Line:
    lat_e7 = on_grid(np.array([fix.lat_e7 + ASIDE_E7], np.int32), 0)
    return line_of(fix._replace(lat_e7=int(lat_e7[0])), Layout())


def _packets(lines: list[Line]) -> list[list[Line]]:
    return [lines[at : at + PACKET_LINES] for at in range(0, len(lines), PACKET_LINES)]


def _is_from(line: Line, time_ms: int) -> bool:
    return line.fix is not None and line.fix.time_ms >= time_ms


def _cut(text: bytes) -> bytes:
    return text[:22]


def _letter(text: bytes) -> bytes:
    return text[:10] + b"X" + text[11:]


def _minute_of_60(text: bytes) -> bytes:
    return text[:9] + b"61" + text[11:]


def _hour_of_25(text: bytes) -> bytes:
    return b"B25" + text[3:]
