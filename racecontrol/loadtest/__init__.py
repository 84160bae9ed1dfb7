"""Load on a service as competitions bring it, and the check that every accepted point is in the store."""
