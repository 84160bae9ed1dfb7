"""What the desk draws: pure functions from a snapshot's parts to lines, tested without a screen."""
