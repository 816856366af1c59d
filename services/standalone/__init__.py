"""Everything on one machine with one command: PostgreSQL, a Redis-protocol server, the gateway and workers.

Belongs here: finding the two servers, owning their processes and data, respawning, credentials.
Does not belong here: anything a larger installation needs as well; nothing here decides about policies.
"""
