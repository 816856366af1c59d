"""What questions about rights are made of: principal, role or permission, resource; none is made up."""

from uuid import UUID

from services.gateway.cloudcms import domains
from services.gateway.cloudcms.answers import Failed, not_found, refused
from services.gateway.entitlements import View
from shared.directory.errors import Refused
from shared.policy.entitlement.estate import Holder
from shared.policy.entitlement.resource import Resource
from shared.policy.entitlement.roles import PERMISSIONS, Roles, permission_key, role_key
from shared.store.principals import Found
from shared.wire.cloudcms import references
from shared.wire.faults import Faulty

SHOWN = 128
"""Characters of what was sent that a message repeats."""


def no_principal(given: str) -> str:
    """That nobody is called so."""
    return f"principal `{given[:SHOWN]}`"


def absent(given: str) -> str:
    """Why a text finds nobody, where many are asked about and none is looked into."""
    or_two = ", or is one user's login name and another's address: say the id" if "@" in given else ""
    return f"{no_principal(given)} does not exist{or_two}"


def no_resource(given: str) -> str:
    """Why a reference, or an id in the place of one, leads to nothing."""
    return f"`{given[:SHOWN]}`"


def no_role(role: str) -> str:
    """That a role's key is none."""
    return f"there is no role `{role[:SHOWN]}`: see `GET /roles?inherited=true`"


def no_permission(permission: str) -> str:
    """That a permission's key is none."""
    return f"`{permission[:SHOWN]}` is no permission, which is one of {', '.join(PERMISSIONS)}"


async def principal(view: View, given: str) -> Found:
    """A user or a group, in every form of its name; raises Failed, Faulty."""
    if not given:
        raise refused("`id` says which principal is meant")
    found = (await view.found([given])).get(given)
    if found is None:
        raise await nobody(view, given)
    return found


async def nobody(view: View, given: str) -> Failed | Faulty:
    """What answers for a text that finds nobody."""
    return domains.nobody(await view.namesakes(given), given, no_principal(given))


async def resource(view: View, reference: str) -> Resource:
    """What a reference refers to; raises Failed, and Refused for what is no reference."""
    references.parse(reference)
    found = (await view.resources([reference])).get(reference)
    if found is None:
        raise not_found(no_resource(reference))
    return found


def role(given: str, known: Roles) -> str:
    """A role's key in small letters; raises Faulty for one that is not known."""
    if given not in known:
        raise refused(no_role(given))
    return role_key(given)


def permission(given: str) -> str:
    """A permission's key in capitals; raises Faulty for what is none."""
    if permission_key(given) not in PERMISSIONS:
        raise refused(no_permission(given))
    return permission_key(given)


def reference_of(account: UUID, holder: Holder) -> str:
    """The reference of a user or a group."""
    make = references.user if holder.kind == "user" else references.group
    return str(make(account, holder.id))


def malformed(given: str) -> str | None:
    """Why a text is no reference; None for one that is."""
    try:
        references.parse(given)
    except Refused as refusal:
        return str(refusal)
    return None
