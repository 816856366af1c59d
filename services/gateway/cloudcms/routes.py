"""The dialect's operations: at the root, where its clients look for them."""

from services.gateway.cloudcms import domains, platform, roles
from services.gateway.cloudcms.decisions import access, checks, collection
from services.gateway.cloudcms.grants import authorities
from services.gateway.cloudcms.policies import assignments, catalogue, policies, policy_lists
from services.gateway.cloudcms.principals import members, membership_checks, principals
from services.gateway.cloudcms.resources import referents, resources
from services.gateway.cloudcms.sessions import oauth
from services.gateway.cloudcms.teams import team_members, team_roles, teams
from services.gateway.cloudcms.transfers import exports, imports, job_lists, jobs
from services.gateway.cloudcms.vaults import archives, uploads, vaults
from services.gateway.routing import Entrance, Route

# Paths that say more stand first: the first that fits is taken.
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
    *membership_checks.ROUTES,
    *principals.ROUTES,
    *roles.ROUTES,
    *teams.ROUTES,
    *team_roles.ROUTES,
    *team_members.ROUTES,
    *catalogue.ROUTES,
    *policy_lists.ROUTES,
    *assignments.ROUTES,
    *vaults.ROUTES,
    *archives.ROUTES,
    *uploads.ROUTES,
    *exports.ROUTES,
    *imports.ROUTES,
    *job_lists.ROUTES,
    *jobs.ROUTES,
    *policies.ROUTES,
)
# All that answers without a token, but for health.
ENTRANCES: tuple[Entrance, ...] = oauth.ENTRANCES
