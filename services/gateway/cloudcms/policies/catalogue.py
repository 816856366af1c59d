"""What comes with the service: system policies, templates of policies, types of condition."""

import functools
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct

from services.gateway.auth import Scope
from services.gateway.cloudcms.answers import ResultMap, not_found, result_map
from services.gateway.cloudcms.policies import policies, policy_rows
from services.gateway.cloudcms.policies.policies import PATH
from services.gateway.routing import Answer, Body, Call, Route
from shared.wire.cloudcms import objects, templates, vocabulary
from shared.wire.cloudcms import policies as documents
from shared.wire.cloudcms.policy_shapes import (
    AccessPolicyDocument,
    ConditionKind,
    Filled,
    FillObject,
    TemplateDocument,
)
from shared.wire.cloudcms.shipped import system_policies
from shared.wire.cloudcms.shipped import templates as shipped_templates
from shared.wire.cloudcms.templates import Template
from shared.wire.faults import Faulty, from_validation

SYSTEM = PATH + "/system"
TEMPLATES = PATH + "/templates"


class FillQuery(Struct, frozen=True):
    """Whether the policy is created, or only shown."""

    create: bool = False


async def system(_: Call) -> Answer:
    """Answer GET /access/policies/system."""
    return Answer(_system())


@functools.cache
def _system() -> ResultMap[msgspec.Raw]:
    rows = [row for key in system_policies() if (row := policy_rows.shipped(key)) is not None]
    return policy_rows.shown(rows, len(rows), 0)


async def system_policy(call: Call) -> Answer:
    """Answer GET /access/policies/system/{key}."""
    key = call.request.match_info["key"]
    row = policy_rows.shipped(key)
    if row is None:
        raise not_found(f"system policy `{key[:64]}`")
    return Answer(row.shown())


async def all_templates(_: Call) -> Answer:
    """Answer GET /access/policies/templates."""
    return Answer(result_map(list(map(_shown, shipped_templates().values()))))


async def template(call: Call) -> Answer:
    """Answer GET /access/policies/templates/{key}."""
    return Answer(_shown(_template(call)))


def _shown(found: Template) -> TemplateDocument:
    about = (found.key, found.key, found.title, found.description, found.policy)
    return TemplateDocument(*about, found.parameters, found.roles)


def _template(call: Call) -> Template:
    key = call.request.match_info["key"]
    found = shipped_templates().get(key)
    if found is None:
        raise not_found(f"access policy template `{key[:64]}`")
    return found


async def fill(call: Call) -> Answer:
    """Answer POST /access/policies/templates/{key}: the policy that a template is with these parameters."""
    sent: FillObject = call.body
    try:
        policy = templates.fill(_template(call), sent.parameters)
    except Faulty as faulty:
        within = [
            msgspec.structs.replace(each, pointer=f"/parameters{each.pointer}") for each in faulty.faults
        ]
        raise Faulty(*within) from None
    decoded = policies.sized(documents.decode(policy))
    created = await policies.created(call, decoded) if call.query.create else UNSET
    return Answer(Filled(policy, created))


async def conditions(_: Call) -> Answer:
    """Answer GET /access/conditions."""
    return Answer(result_map(list(vocabulary.kinds())))


def decode(body: bytes, _: UUID) -> FillObject:
    """The parameters from a body; raises Faulty."""
    try:
        return msgspec.convert(objects.decode(body), FillObject)
    except msgspec.ValidationError as error:
        raise Faulty(from_validation(error, "")) from None


READ, WRITE = Scope.ENTITLEMENTS_READ, Scope.ENTITLEMENTS_WRITE
ROUTES = (
    Route("GET", SYSTEM, READ, system, "The system policies", ResultMap[AccessPolicyDocument]),
    Route("GET", SYSTEM + "/{key}", READ, system_policy, "One system policy", AccessPolicyDocument),
    Route("GET", TEMPLATES, READ, all_templates, "Templates of policies", ResultMap[TemplateDocument]),
    Route("GET", TEMPLATES + "/{key}", READ, template, "One template of policies", TemplateDocument),
    Route(
        *("POST", TEMPLATES + "/{key}", WRITE, fill, "Make a policy of a template", Filled),
        query=FillQuery,
        body=Body(FillObject, decode, large=True),
    ),
    Route("GET", "/access/conditions", READ, conditions, "Types of condition", ResultMap[ConditionKind]),
)
