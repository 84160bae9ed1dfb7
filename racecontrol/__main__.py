"""`python -m racecontrol`, the same as the `racecontrol` command."""

from racecontrol.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
