"""The priority queue: exact priority, first in first out, at least once."""
