"""What is accepted while the server is away: synced to this machine's disk until it is back.

folder.py  one file a process; the kernel's lock on it says whether its process lives
spool.py   a process's own spool: many waiting callers share one synced transaction
file.py    one SQLite file: add, next in order of priority, remove
"""
