"""The dialect's operations: at the root, where its clients look for them."""

from services.gateway.cloudcms import (
    access,
    assignments,
    authorities,
    catalogue,
    checks,
    collection,
    domains,
    members,
    oauth,
    platform,
    policies,
    policy_lists,
    principals,
    referents,
    resources,
    roles,
    team_members,
    team_roles,
    teams,
)
from services.gateway.routing import Entrance, Route

ROUTES: tuple[Route, ...] = (
    *platform.ROUTES,
    *checks.ROUTES,
    *access.ROUTES,
    *collection.ROUTES,
    *referents.ROUTES,
    *resources.ROUTES,
    *authorities.ROUTES,
    *domains.ROUTES,
    *members.ROUTES,
    *principals.ROUTES,
    *roles.ROUTES,
    *teams.ROUTES,
    *team_roles.ROUTES,
    *team_members.ROUTES,
    *catalogue.ROUTES,
    *policy_lists.ROUTES,
    *assignments.ROUTES,
    *policies.ROUTES,
)
# All that answers without a token, but for health.
ENTRANCES: tuple[Entrance, ...] = oauth.ENTRANCES
