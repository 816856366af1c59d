"""What at least two deployables use, as a closed list.

directory  who the users are: identity to attributes to postings. Pure.
policy     what a policy means: outcomes, rules, plans, verdicts. Pure.
wire       the bytes we accept and emit, and the way to and from the domain.
store      PostgreSQL; the only importer of asyncpg.
queue      typed hints on arq.
vault      archives: kept whole or not at all, in the database, a bucket or a folder.
process    what every process does alike: settings from the environment, logs.

Imports point one way: vault to store, store and queue to wire, wire to policy, policy to directory. process
knows none.
Does not belong here: anything that a single deployable uses.
"""
