"""Directory files: NDJSON and CSV with one user a line, cut into blocks when they arrive, read when merged.

Does not belong here: what becomes of a record.
"""
