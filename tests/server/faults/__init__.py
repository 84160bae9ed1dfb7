"""Faults and abuse, row by row; a row's tests name it ("Fault Q3") in their module's or their own docstring.

Q1, Q6, Q12   tests/server/pipeline/test_worker_death.py, test_worker.py
Q2, Q15       test_server_death.py, test_forgotten_scripts.py
Q3            test_power_loss.py
Q4            tests/server/queues/test_damaged_files.py, test_flipped_payload.py
Q5            tests/e2e/test_serve_away.py; the desk's part in test_desk_faults.py there (its 2 s: long)
Q7, Q10       test_full.py, test_full_over_http.py; the store's part in tests/server/pipeline/test_worker.py
              all on one full disk: tests/e2e/test_full_disk.py (long)
Q8, Q9        test_broken_links.py
Q11, Q13      test_clients.py
Q14, Q17      tests/server/pipeline/test_worker.py, tests/unit/queues/test_points.py, test_codec.py
Q16           tests/server/queues/test_model.py, test_order.py; starvation in test_worker.py
Q18           test_everything.py (long)
R1            tests/server/state/test_races.py
R2            tests/server/state/test_races.py, tests/server/pipeline/test_race_start.py
R3            tests/e2e/test_desk_faults.py (a service's death: long)
R4            test_order.py
S1            tests/e2e/test_serve_fuzz.py (10,000 bodies: long)
S2, S3, S5    tests/server/http/test_limits.py
S4            tests/server/http/test_slow_clients.py; its p99 in tests/e2e/test_serve_slow.py (long)
S6, S7        tests/server/http/test_access.py
S8            tests/server/http/test_access.py, test_limits.py
S9            tests/unit/formats/test_igc_reference.py, test_igc.py, test_igc_fuzz.py
S10           tests/unit/formats/test_archive.py, tests/server/http/test_hostile_archives.py
S11           tests/server/server/test_embedded_hardening.py
T1, T2, T7    tests/desk/test_hostile.py, tests/unit/desk/test_cells.py, tests/unit/formats/test_export.py
T3, T5        tests/desk/test_main_screen.py, test_faults.py, tests/e2e/test_desk.py (poor terminals: long)
T4            tests/e2e/test_desk_load.py (long)
T6            tests/e2e/test_desk.py (a fault of the desk itself: long)
"""
