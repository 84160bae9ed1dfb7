"""Bodies that are wrong in some way: no answer but 2xx and 4xx, the service lives, its memory stays flat."""

from __future__ import annotations

import http.client
import json
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from tests.e2e.cli import Cli
from tests.e2e.test_serve import Running, serving
from tests.shared_data import shared_data

SEED: Final = 20_261_125
FEW: Final = 16
MANY: Final = 500
"""A route: 3,000 generated bodies, beside 10,000 mutated ones."""

MOST_GROWTH_KB: Final = 20 * 1024

ROUTES: Final = (
    "/api/v2/live/add_live_track_points",
    "/api/v2/live/add_live_track_points_optimized",
    "/api/v2/flymaster/add_live_track_points",
    "/api/v2/uploads/process",
    "/api/v2/uploads/batch_process",
    "/api/v2/scoring/batch",
)


@pytest.fixture
def running(cli: Cli) -> Iterator[Running]:
    with serving(cli) as service:
        yield service


@pytest.fixture
def token(cli: Cli, running: Running) -> str:
    text: str = cli.json("token", "issue", "--race", "R42")["token"]
    return text


class Poster:
    """Posts to one service over one connection, and counts the answers."""

    def __init__(self, service: Running, token: str) -> None:
        self._link = http.client.HTTPConnection(urlsplit(service.url).netloc, timeout=20)
        self._token = token
        self.statuses: Counter[int] = Counter()

    def close(self) -> None:
        self._link.close()

    def post(self, path: str, body: bytes, content_type: str = "application/json") -> None:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": content_type}
        self._link.request("POST", path, body, headers)
        with self._link.getresponse() as response:
            told = response.read()
            self.statuses[response.status] += 1
            assert response.status < 500, (path, body[:200], told)
            assert response.status == 202 or told


def memory_kb(service: Running) -> int:
    """Resident memory of the service."""
    lines = Path(f"/proc/{service.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def fuzz(service: Running, token: str, examples: int) -> Counter[int]:
    """Post bodies that the OpenAPI document allows, and some that it does not."""
    with closing(Poster(service, token)) as poster:
        _fuzz(service, token, poster, examples)
    return poster.statuses


def _fuzz(service: Running, token: str, poster: Poster, examples: int) -> None:
    _, document = service.ask("GET", "/openapi.json", token)
    schema = schemathesis.openapi.from_dict(document)
    modes = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
    for path in ROUTES:
        for mode in modes:
            cases = schema[path]["POST"].as_strategy(generation_mode=mode)
            _post_examples(poster, path, cases, examples // 2)


def _post_examples(poster: Poster, path: str, cases: SearchStrategy[Any], examples: int) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def post_one(case: Any) -> None:
        poster.post(path, json.dumps(case.body, default=str).encode())

    post_one()


def mutated(seeds: list[bytes], count: int) -> Iterator[bytes]:
    """Seeds cut, flipped, doubled and spliced."""
    dice = random.Random(SEED)
    for _ in range(count):
        body = bytearray(dice.choice(seeds))
        for _ in range(dice.randint(1, 8)):
            at = dice.randrange(len(body) + 1)
            match dice.randrange(5):
                case 0:
                    del body[at : at + dice.randint(1, 20)]
                case 1:
                    body[at:at] = dice.randbytes(dice.randint(1, 8))
                case 2:
                    body[at:at] = dice.choice([b"1e999", b"NaN", b"\\ud800", b"[" * 500, b"null", b"-1"])
                case 3 if at < len(body):
                    body[at] ^= 1 << dice.randrange(8)
                case _:
                    body += body[at : at + 100]
        yield bytes(body[:200_000])


def seeds() -> list[bytes]:
    """Bodies as they should be, of every route."""
    point = {"lat": 45.9, "lon": 6.2, "datetime": "2026-05-26T11:00:00Z", "elevation": 1500}
    live = {"flight_id": "R42/118", "device_id": None, "sos": False, "track_points": [point] * 3}
    row = {"lat": 45.9, "lon": 6.2, "date_time": "2026-05-26T11:00:00Z", "gps_alt": 1500}
    documents = (live, {"flights": [live, live]}, {"tracks": [row], "flight_uuid": "R42/118"})
    flymaster = f"4711,{'0' * 64}\n1779795600,1779795590,45.1,6.2,1500,36.5,270\nEOF\n".encode()
    return [*(json.dumps(document).encode() for document in documents), flymaster]


def post_all(service: Running, token: str, bodies: Iterator[bytes]) -> Counter[int]:
    """Each body to a route in turn, as JSON and as something else."""
    with closing(Poster(service, token)) as poster:
        for number, body in enumerate(bodies):
            kind = ("application/json", "text/plain", "application/octet-stream")[number % 3]
            poster.post(ROUTES[number % len(ROUTES)], body, kind)
    return poster.statuses


def test_generated_bodies_are_taken_or_refused(running: Running, token: str) -> None:
    """From the OpenAPI document, both such as it allows and others."""
    statuses = fuzz(running, token, FEW)

    assert sum(statuses.values()) >= FEW * len(ROUTES) // 2
    assert running.process.poll() is None


def test_mutated_bodies_are_taken_or_refused(running: Running, token: str) -> None:
    """Cut, flipped, doubled; the service answers each, and grows by less than 20 MB."""
    post_all(running, token, mutated(seeds(), 200))
    before_kb = memory_kb(running)

    statuses = post_all(running, token, mutated(seeds(), 400))

    assert statuses.total() == 400
    assert memory_kb(running) - before_kb < MOST_GROWTH_KB


def test_real_payloads_are_taken_or_refused(running: Running, token: str) -> None:
    """Of other providers, as they are and mutated."""
    files = [path for path in sorted(shared_data("live-feeds").iterdir()) if path.suffix]
    payloads = [path.read_bytes() for path in files]

    statuses = post_all(running, token, iter(payloads * len(ROUTES)))
    statuses += post_all(running, token, mutated([payload[:4_000] for payload in payloads], 100))

    assert statuses.total() == len(payloads) * len(ROUTES) + 100


@pytest.mark.long
@pytest.mark.timeout(1_200)
def test_ten_thousand_bodies_are_taken_or_refused(running: Running, token: str) -> None:
    """The same by thousands: no 500, no crash, memory flat."""
    fuzz(running, token, FEW)
    before_kb = memory_kb(running)

    statuses = fuzz(running, token, MANY) + post_all(running, token, mutated(seeds(), 10_000))

    assert statuses.total() > 10_000
    assert memory_kb(running) - before_kb < MOST_GROWTH_KB
