"""Makes races that never were flown: seeded flights, the dirt of real trackers, and what must come out.

    course, pilots ─► flight (a path at 1 Hz) ─► logger (fixes) ─► dirt (lines of a file) ─► folder
                                                                      └─► outcome ─► expected.json

Everything follows from one seed. Only raw uniform numbers of PCG64 are drawn, and every stretch of a
path is rounded to centimetres before the next one begins, so no platform's `sin` can change a file.
"""
