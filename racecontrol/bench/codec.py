"""Encoding and reading, without any server: points/s and bytes a point, and IGC against aerofiles."""

from __future__ import annotations

import gc
import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from racecontrol.bench.result import OURS, Check, Goal, Measured, times_faster
from racecontrol.bench.rig import workload_set_aside
from racecontrol.bench.workload import as_points, make_flights, scaled
from racecontrol.domain.clock import SYSTEM_CLOCK
from racecontrol.domain.fixes import Fixes
from racecontrol.formats.igc import read_igc
from racecontrol.formats.igc_writer import write_igc
from racecontrol.formats.reference import read_with_aerofiles
from racecontrol.queues.codec import decode, decode_each, encode
from racecontrol.queues.points import points_to_fixes

JSON: Final = "json.dumps"
AEROFILES: Final = "aerofiles"
ENCODE: Final = "encode"
DECODE: Final = "decode"
DECODE_EACH: Final = "decode, as a batch"

_SIZES: Final = (1, 10, 100, 1_000, 5_000)
_BULK_POINTS: Final = 5_000

_PAYLOAD: Final = Goal("payload", "bytes a point", 10.5, 6.6, is_most=True)
_IGC: Final = Goal("times as fast as aerofiles", "x", 10)

Work = Callable[[], object]


def measure_codec(rounds: int, scale: float) -> list[Measured]:
    """Every form of the codec, dict points, and IGC; `scale` of 100,000 points."""
    flights = make_flights(scaled(20, scale), _BULK_POINTS)
    return [
        *(_by_item_size(flights, size, rounds) for size in _SIZES),
        *(_from_dicts(flights, size, rounds) for size in (10, 100, 1_000)),
        _igc(flights[0], rounds),
    ]


def _by_item_size(flights: Sequence[Fixes], size: int, rounds: int) -> Measured:
    items = [chunk for fixes in flights for chunk in fixes.chunks(size)]
    payloads = [encode(fixes) for fixes in items]
    seconds = measure(
        {
            ENCODE: lambda: [encode(fixes) for fixes in items],
            DECODE: lambda: [decode(payload) for payload in payloads],
            DECODE_EACH: lambda: decode_each(payloads),
        },
        rounds,
    )
    points = sum(map(len, items))
    bytes_a_point = sum(map(len, payloads)) / points
    checks = (Check(_PAYLOAD, bytes_a_point),) if size == _BULK_POINTS else ()
    notes = (f"{bytes_a_point:.2f} bytes a point, kind {payloads[0][1]}",)
    return Measured(f"codec, {size:,} points an item", points, len(items), seconds, checks, notes)


def _from_dicts(flights: Sequence[Fixes], size: int, rounds: int) -> Measured:
    items = [(chunk.flight, as_points(chunk)) for fixes in flights for chunk in fixes.chunks(size)]
    seconds = measure(
        {
            JSON: lambda: [json.dumps(points) for _, points in items],
            OURS: lambda: [encode(points_to_fixes(points, flight)) for flight, points in items],
        },
        rounds,
    )
    json_bytes = len(json.dumps(items[0][1])) / len(items[0][1])
    notes = (f"JSON: {json_bytes:.0f} bytes a point",)
    points = sum(map(len, flights))
    return Measured(f"dict points to payload, {size:,} an item", points, len(items), seconds, (), notes)


def _igc(fixes: Fixes, rounds: int) -> Measured:
    content = write_igc(fixes, {})
    seconds = measure(
        {AEROFILES: lambda: read_with_aerofiles(content), OURS: lambda: read_igc(content, fixes.flight)},
        rounds,
    )
    checks = (times_faster(_IGC, seconds, AEROFILES),)
    return Measured("reading IGC", len(fixes), 1, seconds, checks)


def measure(methods: Mapping[str, Work], rounds: int) -> dict[str, float]:
    """Median seconds of each method; they take turns, every second round backwards."""
    seconds: dict[str, list[float]] = {name: [] for name in methods}
    with workload_set_aside():
        for number in range(rounds):
            for name in list(methods)[:: -1 if number % 2 else 1]:
                gc.collect()
                began_s = SYSTEM_CLOCK.monotonic_s()
                methods[name]()
                seconds[name].append(SYSTEM_CLOCK.monotonic_s() - began_s)
    return {name: statistics.median(values) for name, values in seconds.items()}
