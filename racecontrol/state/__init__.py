"""What all processes share: races and passes, the mode, the race log, worker heartbeats."""
