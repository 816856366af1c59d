"""The worker: takes hints from Redis, work from PostgreSQL, and does it. One file for each kind of job.

Nothing in a worker is needed after it dies: what it had claimed, another claims when the lease is over.
Does not belong here: the meaning of policies, SQL.
"""
