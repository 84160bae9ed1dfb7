"""Every key name in the server. Nothing else in the package spells one.

The keys of one queue share a hash tag, so a queue lives on one slot of a cluster and the four
queues spread over its masters. What processes share (races, mode, log, heartbeats) has a tag of
its own, so that a script may change a race and write the log in one call.
"""

from __future__ import annotations

from dataclasses import dataclass

PREFIX = "rc:"
"""Every key starts with it; the embedded server's user may touch no other."""

_STATE = PREFIX + "{state}:"


@dataclass(frozen=True, slots=True)
class QueueKeys:
    """The keys of one queue.

    ready, leased, delayed, dead, age, done: sorted sets. payload, meta, attempts, why, stats:
    hashes. seq: a counter. marker: the sorted set that waiters pop. paused: exists while paused.
    """

    ready: str
    leased: str
    delayed: str
    dead: str
    payload: str
    meta: str
    attempts: str
    why: str
    age: str
    done: str
    stats: str
    seq: str
    marker: str
    paused: str


def queue_keys(queue: str) -> QueueKeys:
    """The keys of the queue of this name."""
    return QueueKeys(**{name: f"{PREFIX}{{{queue}}}:{name}" for name in QueueKeys.__dataclass_fields__})


def initial(queue: str, race_id: str) -> str:
    """Hash: a race's initial points that came by this queue; on the queue's slot."""
    return f"{PREFIX}{{{queue}}}:initial:{race_id}"


LOG = _STATE + "log"
"""Stream: the race log."""

MODE = _STATE + "mode"
"""Hash: competition mode, who set it, when."""

WORKERS = _STATE + "workers"
"""Sorted set of worker ids by the server time of their last heartbeat."""

WORKER_TOTALS = _STATE + "worker-totals"
"""Hash of worker id to what its last heartbeat told."""

INTAKES = _STATE + "intakes"
"""Sorted set of intake ids by the server time of their last heartbeat."""

INTAKE_TOTALS = _STATE + "intake-totals"
"""Hash of intake id to what its last heartbeat told."""

PIPELINE = _STATE + "pipeline"
"""Hash: the totals of every process's enqueue calls."""

BASELINE = _STATE + "baseline"
"""Hash: the measured cost of single calls, which the speed-up is told against."""

DEPTHS_TAKEN = _STATE + "depths-taken"
"""Exists for a minute after a process looked at the queues' depths for reports."""

BASELINE_LOCK = _STATE + "baseline-lock"
"""Exists while one process measures the baseline."""


def race(race_id: str) -> str:
    """Hash: where a race stands."""
    return f"{_STATE}race:{race_id}"


def replay(race_id: str) -> str:
    """Hash: how far the replay of a race is."""
    return f"{_STATE}replay:{race_id}"


TOKENS = _STATE + "tokens"
"""Hash of token id to whom it was given and until when; never the token."""

REVOKED_TOKENS = _STATE + "revoked-tokens"
"""Sorted set of the ids of tokens taken back, by when they would have expired, ms UTC."""


TRACKERS = _STATE + "trackers"
"""Hash of the serial of a tracker that no pilot owns to first_ms|last_ms|points."""

TRACKERS_SEEN = _STATE + "trackers-seen"
"""Sorted set of these serials by when they were heard of last, ms."""

ASSIGNMENTS = _STATE + "assignments"
"""Hash of tracker serial to race and bib, as an operator assigned it, one a race, the latest last."""

SOS = _STATE + "sos"
"""Hash of "race/bib" to the pilot's call for help: raised_ms|acknowledged by|where."""


def permits(name: str) -> str:
    """Hash: the bucket of requests of one sender. Each stands for itself, so it may lie on any slot."""
    return f"{PREFIX}permits:{name}"
