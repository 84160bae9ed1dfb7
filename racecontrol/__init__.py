"""Race control for paragliding and hike-and-fly: the desk, and the queue behind it."""

__version__ = "0.1.0"
