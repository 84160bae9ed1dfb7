"""How points flow: the race start, the worker, replay."""
