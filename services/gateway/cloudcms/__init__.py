"""The Cloud CMS dialect: access policies, who holds them, what anybody may do.

endpoint     what is around every handler: who calls, may they
answers      status words, result maps, failures: the one place with their shapes
bounds       how much time and memory a request may take
writing      transactions, which leave no version where they change nothing
listing      `skip`, `limit`, `sort` in all the ways in which clients write them
sessions/    from a password to a token, and who calls by it
platform     the account, and who is logged in
domains      the one domain of users and groups
principals/  users and groups: one, many, changed, in one another
teams/       teams, what they give, who is in them
containers   what teams are of, and where they are found
roles        the standard ones and an account's own
policies/    access policies: kept, found, shipped, held
grants/      roles on one resource: granted, revoked, listed, reported
resources/   what is registered, and what references lead to
decisions/   may they, what may they, and why
routes       the table of operations
description, responses  the dialect as OpenAPI describes it

Does not belong here: what a policy means (shared.policy.entitlement), documents (shared.wire.cloudcms).
"""
