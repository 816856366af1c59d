"""The gateway: translates HTTP into the domain and back, and decides nothing.

Each dialect has its own folder with routes, handlers and envelope; `app` alone sees them all.
Does not belong here: evaluation, merging, anything that takes long.
"""
