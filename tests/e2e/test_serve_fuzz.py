"""Fault S1: bodies that are wrong in some way: only 2xx and 4xx, the service lives, its memory stays flat."""

from __future__ import annotations

import http.client
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from tests.e2e.cli import Cli
from tests.e2e.malformed import ROUTES, Malformed, doors, malformed
from tests.e2e.test_serve import Running, serving

FEW: Final = 8
MANY: Final = 500
"""A route: 3,000 generated bodies, beside 10,000 mutated ones."""

MOST_GROWTH_KB: Final = 20 * 1024


@pytest.fixture
def running(cli: Cli) -> Iterator[Running]:
    with serving(cli) as service:
        yield service


class Poster:
    """Posts to one service over one connection, and counts the answers."""

    def __init__(self, cli: Cli, service: Running) -> None:
        self._link = http.client.HTTPConnection(urlsplit(service.url).netloc, timeout=20)
        self.token: str = cli.json("token", "issue", "--race", "R42")["token"]
        self.statuses: Counter[int] = Counter()

    def close(self) -> None:
        self._link.close()

    def post(self, path: str, body: bytes, content_type: str, *, has_token: bool = True) -> None:
        """Raises: AssertionError for an answer that is the service's fault, or gives no reason."""
        headers = {"Content-Type": content_type}
        if has_token:
            headers["Authorization"] = f"Bearer {self.token}"
        self._link.request("POST", path, body, headers)
        with self._link.getresponse() as response:
            told = response.read()
            self.statuses[response.status] += 1
            assert response.status < 500, (path, body[:200], told)
            assert response.status == 202 or told

    def post_all(self, bodies: Iterable[Malformed]) -> None:
        for one in bodies:
            self.post(one.door.path, one.body, one.door.content_type, has_token=not one.door.is_device)


@pytest.fixture
def poster(cli: Cli, running: Running) -> Iterator[Poster]:
    with closing(Poster(cli, running)) as opened:
        yield opened


def fuzz(service: Running, poster: Poster, examples: int) -> None:
    """Post bodies that the OpenAPI document allows, and some that it does not."""
    _, document = service.ask("GET", "/openapi.json", poster.token)
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
        poster.post(path, json.dumps(case.body, default=str).encode(), "application/json")

    post_one()


def mutated(cli: Cli, count: int) -> Iterator[Malformed]:
    """Bodies for every way into the service of this site."""
    return malformed(doors((cli.data_dir / "device.secret").read_text().strip()), count)


def test_generated_bodies_are_taken_or_refused(running: Running, poster: Poster) -> None:
    """From the OpenAPI document, both such as it allows and others."""
    fuzz(running, poster, FEW)

    assert poster.statuses.total() >= FEW * len(ROUTES) // 2
    assert running.process.poll() is None


def test_mutated_bodies_are_taken_or_refused(cli: Cli, running: Running, poster: Poster) -> None:
    """Cut, flipped, doubled; the service answers each, and grows by less than 20 MB."""
    bodies = mutated(cli, 600)
    poster.post_all(islice(bodies, 200))
    before_kb = running.memory_kb

    poster.post_all(bodies)

    assert poster.statuses.total() == 600
    assert {202, 400, 422} <= set(poster.statuses)
    assert running.memory_kb - before_kb < MOST_GROWTH_KB


@pytest.mark.long
@pytest.mark.timeout(1_200)
def test_ten_thousand_bodies_are_taken_or_refused(cli: Cli, running: Running, poster: Poster) -> None:
    """The same by thousands: no 500, no crash, memory flat."""
    fuzz(running, poster, FEW)
    poster.post_all(mutated(cli, 600))
    poster.statuses.clear()
    before_kb = running.memory_kb

    fuzz(running, poster, MANY)
    generated, generated_kb = dict(poster.statuses), running.memory_kb
    poster.statuses.clear()
    poster.post_all(mutated(cli, 10_000))

    mutated_kb = running.memory_kb
    print(f"generated: {generated}, {generated_kb - before_kb} kB more")  # noqa: T201
    print(f"mutated: {dict(poster.statuses)}, {mutated_kb - generated_kb} kB more")  # noqa: T201
    assert poster.statuses.total() == 10_000
    assert running.process.poll() is None
    assert mutated_kb - before_kb < MOST_GROWTH_KB
