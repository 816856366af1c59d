"""The Cloud CMS dialect: access policies, who holds them, what anybody may do.

endpoint  what is around every handler: who calls, may they
answers   status words, result maps, failures: the one place with their shapes
callers   the ways to send a token
listing   `skip`, `limit`, `sort` in all the ways in which clients write them
routes    the table of operations

Does not belong here: what a policy means (shared.policy.entitlement), documents (shared.wire.cloudcms).
"""
