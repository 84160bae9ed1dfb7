"""A load test of a running service, and of what its store holds afterwards; and races replayed over HTTP."""
