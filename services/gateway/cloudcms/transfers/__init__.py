"""Exports and imports as clients ask for them, and the jobs that do them.

addresses       which archive a request is about, and whether it waits
configurations  what a body says of what is carried, and how
things          what is exported, or imported into: the platform, or one policy
exports         POST …/export
imports         POST …/import
job_documents   jobs as clients see them
jobs            one job: read, polled, killed
job_lists       jobs that a query finds

Does not belong here: what the jobs do (`services.worker`), archives by themselves (`vaults`).
"""
