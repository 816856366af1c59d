"""Access policies: documents of statements, kept as they came. Of system policies there is only reading."""

import re
import secrets
from uuid import UUID

from services.gateway.auth import Scope
from services.gateway.cloudcms.answers import Created, Failed, Status, conflict, not_found
from services.gateway.cloudcms.policies import policy_rows
from services.gateway.cloudcms.writing import check_roles, writing
from services.gateway.routing import Answer, Body, Call, Route
from shared.store import access_policies, audit, entitlements
from shared.store.access_policies import Stored, Written
from shared.store.audit import Change
from shared.store.entitlements import Unchanged
from shared.store.pool import Connection, acquire
from shared.wire.cloudcms import objects
from shared.wire.cloudcms import policies as documents
from shared.wire.cloudcms.policies import Decoded
from shared.wire.cloudcms.policy_shapes import AccessPolicyDocument, AccessPolicyObject
from shared.wire.cloudcms.shipped import system_policies
from shared.wire.faults import Fault, Faulty

NUMBER_LIMIT = 10_000
DOCUMENT_BYTES = 256 * 1024
TOTAL_BYTES = 32 * 1024 * 1024
"""Of an account's policies together: to sort them all then takes no more memory."""
ID = re.compile(r"[^\x00\ud800-\udfff]{1,256}")


def path_id(call: Call) -> str:
    """The id of the policy that a request's path names; raises Failed for what can be none."""
    given = call.request.match_info["policy_id"]
    if not ID.fullmatch(given):
        raise missing(given)
    return given


def missing(policy_id: str) -> Failed:
    """What is raised for a policy that is not there."""
    return not_found(f"access policy `{policy_id[:64]}`")


def own_id(call: Call) -> str:
    """The id of a policy that is to be written; raises Failed for a system policy."""
    policy_id = path_id(call)
    if policy_id in system_policies():
        raise conflict(f"`{policy_id}` is a system policy, which stays as it is: create one of your own")
    return policy_id


async def existing(connection: Connection, account: UUID, policy_id: str) -> Stored:
    """A policy of the account; raises Failed."""
    stored = await access_policies.get(connection, account, policy_id)
    if stored is None:
        raise missing(policy_id)
    return stored


async def get(call: Call) -> Answer:
    """Answer GET /access/policies/{policy_id}."""
    policy_id = path_id(call)
    row = policy_rows.shipped(policy_id)
    if row is None:
        async with acquire(call.resources.pool) as connection:
            row = policy_rows.stored(await existing(connection, call.account, policy_id))
    return Answer(row.shown())


async def create(call: Call) -> Answer:
    """Answer POST /access/policies."""
    return Answer(Created(await created(call, call.body)))


async def created(call: Call, decoded: Decoded) -> str:
    """The id of a new policy."""
    policy_id = secrets.token_hex(10)
    async with acquire(call.resources.pool) as connection, connection.transaction():
        version = await entitlements.advance(connection, call.account)
        await check_roles(connection, call.account, decoded.roles)
        await _check_room(connection, call.account, 1, len(decoded.document))
        written = Written(decoded.document, version, call.actor.name)
        await access_policies.insert(connection, call.account, policy_id, written)
        change = Change("create", "access_policy", policy_id, None, decoded.document)
        await audit.record(connection, call.account, call.actor, change)
    return policy_id


async def _check_room(connection: Connection, account: UUID, more: int, more_bytes: int) -> None:
    usage = await access_policies.usage(connection, account)
    if usage.number + more > NUMBER_LIMIT:
        raise conflict(f"the account has {NUMBER_LIMIT} access policies, which is the most: delete one first")
    if more_bytes > 0 and usage.total_bytes + more_bytes > TOTAL_BYTES:
        raise conflict(f"the account's access policies would take more than {TOTAL_BYTES} bytes")


async def replace(call: Call) -> Answer:
    """Answer PUT /access/policies/{policy_id} and POST …/update; what says what it said changes nothing."""
    policy_id, decoded = own_id(call), call.body
    async with writing(call) as connection:
        version = await entitlements.advance(connection, call.account)
        was = await existing(connection, call.account, policy_id)
        await check_roles(connection, call.account, decoded.roles)
        if was.document == decoded.document:
            raise Unchanged
        await _check_room(connection, call.account, 0, len(decoded.document) - len(was.document))
        written = Written(decoded.document, version, call.actor.name)
        await access_policies.put(connection, call.account, policy_id, written)
        change = Change("update", "access_policy", policy_id, was.document, decoded.document)
        await audit.record(connection, call.account, call.actor, change)
    return Answer(Status())


async def delete(call: Call) -> Answer:
    """Answer DELETE /access/policies/{policy_id} and POST …/delete; its assignments and grants go along."""
    policy_id = own_id(call)
    async with acquire(call.resources.pool) as connection, connection.transaction():
        await entitlements.advance(connection, call.account)
        was = await existing(connection, call.account, policy_id)
        await access_policies.delete(connection, call.account, policy_id)
        change = Change("delete", "access_policy", policy_id, was.document, None)
        await audit.record(connection, call.account, call.actor, change)
    return Answer(Status())


def decode(body: bytes, _: UUID) -> Decoded:
    """A policy from a body; raises Faulty."""
    return sized(documents.decode(objects.decode(body)))


def sized(decoded: Decoded) -> Decoded:
    """A policy that is not too large; raises Faulty for one that is."""
    if len(decoded.document) > DOCUMENT_BYTES:
        raise Faulty(
            Fault(f"a policy has at most {DOCUMENT_BYTES} bytes, this one has {len(decoded.document)}", "")
        )
    return decoded


READ, WRITE = Scope.ENTITLEMENTS_READ, Scope.ENTITLEMENTS_WRITE
BODY = Body(AccessPolicyObject, decode, large=True)
PATH = "/access/policies"
ONE = PATH + "/{policy_id}"
ROUTES = (
    Route("POST", PATH, WRITE, create, "Create an access policy", Created, body=BODY),
    Route("GET", ONE, READ, get, "One access policy", AccessPolicyDocument),
    Route("PUT", ONE, WRITE, replace, "Replace an access policy", Status, body=BODY),
    Route("POST", ONE + "/update", WRITE, replace, "Replace an access policy", Status, body=BODY),
    Route("DELETE", ONE, WRITE, delete, "Delete an access policy", Status),
    Route("POST", ONE + "/delete", WRITE, delete, "Delete an access policy", Status),
)
