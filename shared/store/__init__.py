"""PostgreSQL, which holds the truth. The only importer of asyncpg.

Queries are named SQL in a `.sql` file beside their reader, and name the account in their WHERE.
Does not belong here: HTTP, Redis, the meaning of policies.
"""
