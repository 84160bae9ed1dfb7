"""What the screens show: sampled once a tick, turned into rates and alerts, frozen in a Snapshot."""
