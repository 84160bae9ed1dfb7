"""What the words mean: fixes, pilots, races, tasks, priorities. No file, socket or clock is touched here."""
