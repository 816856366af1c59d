"""What teams and roles are of: the platform, or a datastore by the word that stands for its type in paths.

Gatehouse keeps no datastores but the one domain, so that any id is taken for one of another kind.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from services.gateway.cloudcms.answers import not_found
from services.gateway.routing import Call
from shared.store.entitlements import PLATFORM
from shared.store.teams import Within
from shared.wire.cloudcms.references import DOMAIN, DOMAINS

DATASTORES: Mapping[str, str] = MappingProxyType(
    {
        "stacks": "stack",
        "projects": "project",
        "repositories": "repository",
        "domains": "domain",
        "vaults": "vault",
        "directories": "directory",
        "registrars": "registrar",
        "applications": "application",
        "webhosts": "webhost",
    }
)
"""Types of datastores by the first word of their paths."""
WITHIN = f"/{{datastores:{'|'.join(DATASTORES)}}}/{{datastore_id}}"
ID = re.compile(r"[^\x00\ud800-\udfff]{1,256}")


def within(call: Call) -> Within:
    """What a request's path names; raises Failed for what cannot be."""
    where = call.request.match_info
    if "datastores" not in where:
        return None
    return named(DATASTORES[where["datastores"]], where["datastore_id"])


def named(kind: str, given: str) -> Within:
    """What a type and an id name; raises Failed for what cannot be."""
    if kind == PLATFORM:
        return None
    known = kind in DATASTORES.values() and ID.fullmatch(given)
    if not known or (kind == "domain" and given.lower() not in DOMAINS):
        raise not_found(f"{kind[:64]} `{given[:64]}`")
    return kind, DOMAIN if kind == "domain" else given
