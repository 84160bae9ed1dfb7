"""Bodies that are almost right: real ones, cut, flipped, doubled and spliced, by their way in."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.fixture_races import fixture_race
from tests.shared_data import SHARED_DATA
from tests.unit.formats.archives import make_tar, make_zip

SEED: Final = 20_261_125

LIVE: Final = "/api/v2/live/add_live_track_points"
OPTIMIZED: Final = f"{LIVE}_optimized"
FLYMASTER: Final = "/api/v2/flymaster/add_live_track_points"
UPLOAD: Final = "/api/v2/uploads/process"
BATCH: Final = "/api/v2/uploads/batch_process"
SCORING: Final = "/api/v2/scoring/batch"
ROUTES: Final = (LIVE, OPTIMIZED, FLYMASTER, UPLOAD, BATCH, SCORING)

_TRACKS: Final = sorted((Path(__file__).parents[2] / "fixtures" / "R42" / "tracks").glob("*.igc"))
_MOST_BYTES: Final = 4_000
"""Of a real file: its head and some hundred lines. Longer ones only take longer."""

_PLANTED: Final = (b"1e999", b"NaN", b"\\ud800", b"[" * 500, b"null", b"-1", b"\xff\xfe", b"\0", b"EOF\n")


@dataclass(frozen=True, slots=True)
class Door:
    """A way into a point route. seeds: bodies as they should be.

    is_device: it shows no token; the first line, which says who sends, is left as it is.
    """

    path: str
    content_type: str
    seeds: tuple[bytes, ...]
    is_device: bool = False


@dataclass(frozen=True, slots=True)
class Malformed:
    """One body, and where it goes."""

    door: Door
    body: bytes


def doors(device_secret: str) -> list[Door]:
    """Every way in, each with real bodies."""
    point = {"lat": 45.9, "lon": 6.2, "datetime": "2026-05-26T11:00:00Z", "elevation": 1500}
    live = {"flight_id": "R42/118", "device_id": None, "sos": False, "track_points": [point] * 3}
    row = {"lat": 45.9, "lon": 6.2, "date_time": "2026-05-26T11:00:00Z", "gps_alt": 1500}
    feeds = [_encoded(live), *_real("live-feeds")]
    tracks = [path.read_bytes()[:_MOST_BYTES] for path in _TRACKS[:3]] + _real("odd-igc")
    named = [(path.name, track) for path, track in zip(_TRACKS, tracks, strict=False)]
    binary = "application/octet-stream"
    return [
        *(Door(path, "application/json", tuple(feeds)) for path in (LIVE, OPTIMIZED, FLYMASTER)),
        Door(FLYMASTER, "text/plain", tuple(_of_devices(device_secret)), is_device=True),
        Door(UPLOAD, "application/json", (_encoded(live),)),
        Door(f"{UPLOAD}?bib=118", binary, tuple(tracks)),
        Door(BATCH, "application/json", (_encoded({"flights": [live, live]}), _encoded([live]))),
        Door(f"{BATCH}?bib=118", binary, (make_zip(*named), make_tar(*named), make_tar(*named, mode=""))),
        Door(SCORING, "application/json", (_encoded({"tracks": [row], "flight_uuid": "R42/118"}),)),
    ]


def malformed(ways: list[Door], count: int) -> Iterator[Malformed]:
    """`count` bodies, the same at every run; a quarter goes to a door that it was not meant for."""
    dice = random.Random(SEED)
    everything = [seed for door in ways if not door.is_device for seed in door.seeds]
    for _ in range(count):
        door = dice.choice(ways)
        is_lost = dice.random() < 0.25 and not door.is_device
        seed = dice.choice(everything if is_lost else door.seeds)
        kept = seed.index(b"\n") + 1 if door.is_device else 0
        yield Malformed(door, seed[:kept] + _mutated(seed[kept:], dice))


def _mutated(seed: bytes, dice: random.Random) -> bytes:
    body = bytearray(seed)
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(body) + 1)
        match dice.randrange(5):
            case 0:
                del body[at : at + dice.randint(1, 20)]
            case 1:
                body[at:at] = dice.randbytes(dice.randint(1, 8))
            case 2:
                body[at:at] = dice.choice(_PLANTED)
            case 3 if at < len(body):
                body[at] ^= 1 << dice.randrange(8)
            case _:
                body += body[at : at + 100]
    return bytes(body)


def _encoded(document: object) -> bytes:
    return json.dumps(document).encode()


def _of_devices(secret: str) -> Iterator[bytes]:
    """A text of each rostered tracker: one that sends too often would be told to wait."""
    lines = "".join(f"1779795600,17797955{second:02},45.1,6.2,1500,36.5,270\n" for second in range(5))
    for pilot in fixture_race().pilots:
        for serial in pilot.trackers[:1]:
            digest = hashlib.sha256((serial + secret).encode()).hexdigest()
            yield f"{serial},{digest}\n{lines}EOF\n".encode()


def _real(name: str) -> list[bytes]:
    """The beginnings of real files, where they are beside this checkout."""
    files = sorted((SHARED_DATA / name).rglob("*.*"))
    return [path.read_bytes()[:_MOST_BYTES] for path in files]
