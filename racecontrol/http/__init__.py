"""The HTTP service: what trackers, gateways and dashboards talk to."""
