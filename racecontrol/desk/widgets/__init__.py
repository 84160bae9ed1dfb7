"""Widgets on the Line API: each draws the lines of one pure function, and only those that changed."""
