"""What is exported, or imported into: the platform, or one policy of the account's own."""

from services.gateway.cloudcms.answers import not_found, refused
from services.gateway.cloudcms.policies.policies import existing, own_id
from services.gateway.routing import Call
from shared.directory.errors import Refused
from shared.store.pool import acquire
from shared.wire.cloudcms import references
from shared.wire.cloudcms.references import Reference

LENGTHS = {"platform": 1, "accesspolicy": 2}
"""How many ids a reference of what can be carried by itself has, by its type in small letters."""


async def policy_of_path(call: Call) -> str:
    """The policy that a request's path names; raises Failed if it is not there, or a system policy."""
    policy_id = own_id(call)
    async with acquire(call.resources.pool) as connection:
        await existing(connection, call.account, policy_id)
    return policy_id


async def policy_of_reference(call: Call, text: str, pointer: str | None = None) -> str | None:
    """The policy that a reference names, None for the platform; raises Faulty and Failed."""
    reference = _parsed(text, pointer)
    if reference.ids[0].lower() != call.account.hex:
        raise not_found(f"`{text[:128]}`")
    if len(reference.ids) == 1:
        return None
    async with acquire(call.resources.pool) as connection:
        await existing(connection, call.account, reference.id)
    return reference.id


def _parsed(text: str, pointer: str | None) -> Reference:
    try:
        reference = references.parse(text)
    except Refused as refusal:
        raise refused(str(refusal), pointer) from None
    if LENGTHS.get(reference.type.lower()) != len(reference.ids):
        raise refused(
            f"`{text[:128]}` is not carried by itself: say `platform://…`, or `accessPolicy://…` of a policy",
            pointer,
        )
    return reference
