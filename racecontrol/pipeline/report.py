"""The answers of the race verbs, as values that become the JSON of `--json`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Rejected:
    """A pilot whose initial points could not be gathered, and why."""

    bib: str
    reason: str


@dataclass(frozen=True, slots=True)
class StartReport:
    """What a start did. Field names are those of the JSON answer.

    pass_number: "pass" in JSON. flights_queued: pilots with at least one point. points: fixes queued.
    items: queue items they travel in. method: "pipeline". durable: the server had synced all of it
    when it answered.
    """

    race: str
    pass_number: int
    operator: str
    pilots: int
    flights_queued: int
    points: int
    items: int
    rejected: tuple[Rejected, ...]
    priority: int
    method: str
    round_trips: int
    gather_ms: float
    enqueue_ms: float
    durable: bool


@dataclass(frozen=True, slots=True)
class RecallReport:
    """What a recall did. pass_number: the new pass. withdrawn: taken back; the rest is stored or in hand."""

    race: str
    pass_number: int
    operator: str
    withdrawn_items: int
    withdrawn_points: int


def document(report: StartReport | RecallReport) -> dict[str, object]:
    """The report as a verb's JSON answer."""
    return {"pass" if name == "pass_number" else name: value for name, value in asdict(report).items()}


@dataclass(frozen=True, slots=True)
class StartProgress:
    """How far a start is. stage: "gather" or "enqueue"; done of total pilots, or items."""

    stage: str
    done: int
    total: int
    points: int


OnProgress = Callable[[StartProgress], None]
"""Called from the event loop's thread, at most some hundred times a start; must not block."""
