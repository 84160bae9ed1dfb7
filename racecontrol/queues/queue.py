"""`PriorityQueue`: the queues of a site, as every process sees them.

    enqueue ─► ready ─► leased ─► acknowledged
                 ▲        │ nack, or the lease ends
                 ├─ due ◄─┴─► delayed
                 └─ revive ◄─ dead ─► purged

A higher priority is served first, items of one priority in the order in which they reached the
server. An item is delivered at least once and added at most once. Several processes share the
queues; each makes its own `PriorityQueue`, whose calls may run at the same time.
"""

from __future__ import annotations

from racecontrol.queues.consumer import Consumer
from racecontrol.queues.curator import Curator
from racecontrol.queues.observer import Observer
from racecontrol.queues.producer import Producer


class PriorityQueue(Producer, Consumer, Curator, Observer):
    """Items in, items out, and what people do between. One file a part."""
