"""Benchmarks: ours, the method replaced and the ceiling, in one run on one server."""
