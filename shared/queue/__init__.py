"""Hints that there is work, on arq. Losing them all loses nothing: PostgreSQL holds the truth.

Does not belong here: the work itself, any state.
"""
