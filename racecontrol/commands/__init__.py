"""One file a command: `add_arguments` and `run`. Importing one costs nothing; heavy imports are in `run`."""
