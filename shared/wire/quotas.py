"""How much of everything an account has at most, whichever way it gets in: by a request or by an archive."""

MEBIBYTE = 1024 * 1024

ROLES = 1000
RESOURCES = 10_000
RESOURCES_BYTES = 32 * MEBIBYTE
"""Of documents of an account together, here and below: to sort them all takes no more memory."""
GROUPS = 100_000
"""But for those that came with records of users."""
GROUPS_DEPTH = 32
"""Groups that are members of one another in a row."""
ACCESS_POLICIES = 10_000
ACCESS_POLICY_BYTES = 256 * 1024
"""Of one document."""
ACCESS_POLICIES_BYTES = 32 * MEBIBYTE
TEAMS = 10_000
TEAMS_BYTES = 32 * MEBIBYTE
ASSIGNMENTS = 100_000
GRANTS = 100_000
LISTS = 1000
"""The official pager asks for one list of lists, and takes it for all there are."""
REUSABLES = 1000
"""Of policies, and as many of rule groups. The vendor has 500 policies and 300 groups."""
REUSABLES_BYTES = 32 * MEBIBYTE
"""Of both together: no page of them, and no test, then takes more memory."""
