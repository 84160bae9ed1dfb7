"""Makes races that never were flown: seeded flights, the dirt of real trackers, and what must come out."""
