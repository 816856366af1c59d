"""The Cloud CMS dialect: access policies, who holds them, what anybody may do.

endpoint  what is around every handler: who calls, may they
answers   status words, result maps, failures: the one place with their shapes
callers   the ways to send a token
listing   `skip`, `limit`, `sort` in all the ways in which clients write them
token_requests, oauth, platform   from a password to a token; who calls, and what for
policies, policy_lists, policy_rows   access policies: one, many, and how they are found and put together
assignments, holders   who holds which policy, and the ways to say who
catalogue what comes with the service: system policies, templates, types of condition
domains, principals, principal_lists, crowds   users and groups: one, many, found by whatever they are called
user_changes, group_changes, principal_documents   how they change, and how they look
members, memberships   who is in which group, and how one gets in and out
resources registered resources, of which conditions know more than references say
places, authorities, acl   roles granted on one resource: where, by whom, to whom
asking, questions, checks, access, reasons   may they, what may they, and why: one question or ten thousand
collection, referents   the policies in force on a resource; what references refer to
teams, team_roles, team_members, containers   teams, what they give, who is in them, what they are of
roles     the standard ones and an account's own
routes    the table of operations
description, responses   the dialect as OpenAPI describes it

Does not belong here: what a policy means (shared.policy.entitlement), documents (shared.wire.cloudcms).
"""
