"""The HTTP service: what trackers, gateways and dashboards talk to. Verbs and points go down to control and pipeline."""
