"""Many checks in one request: of policies, and of users and groups, by their ids.

One that is about what does not exist is answered with no, and says why: else one principal that is deleted
would take the answers from all the others.
"""

import asyncio
from collections.abc import Callable
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType

from services.gateway import entitlements as reading
from services.gateway.auth import Scope
from services.gateway.cloudcms.decisions import asking, questions
from services.gateway.cloudcms.decisions.questions import Answered, Question, Right
from services.gateway.cloudcms.domains import check_domain
from services.gateway.entitlements import View
from services.gateway.routing import Answer, Body, Call, Route
from shared.policy.entitlement.decision import Decision
from shared.wire.cloudcms import objects, references
from shared.wire.faults import Fault, Faulty, from_validation

LIMIT = 10_000
"""Checks of one request."""
BYTES = 8 * 1024 * 1024
SMALL = 8 * 1024
"""As much as is decoded while others wait: a tenth of a millisecond."""


class AuthorityCheck(Struct, frozen=True, rename="camel", omit_defaults=True):
    """Whether a principal has an authority on something, by the id of each; `domainId` is the principal's."""

    permissioned_id: str
    principal_id: str
    authority_id: str
    domain_id: str | UnsetType = UNSET


class PermissionCheck(Struct, frozen=True, rename="camel", omit_defaults=True):
    """Whether a principal has a permission on something, by the id of each; `domainId` is the principal's."""

    permissioned_id: str
    principal_id: str
    permission_id: str
    domain_id: str | UnsetType = UNSET


class AuthorityResult(AuthorityCheck, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A check as it was sent, with what comes of it; `message` says what does not exist."""

    result: bool
    message: str | UnsetType = UNSET


class PermissionResult(PermissionCheck, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A check as it was sent, with what comes of it; `message` says what does not exist."""

    result: bool
    message: str | UnsetType = UNSET


class AuthorityChecks(Struct, frozen=True):
    """Checks of authorities."""

    checks: list[AuthorityCheck] = []


class PermissionChecks(Struct, frozen=True):
    """Checks of permissions."""

    checks: list[PermissionCheck] = []


class AuthorityResults(Struct, frozen=True):
    """The checks in their order, under both of the names by which clients look for them."""

    checks: list[AuthorityResult]
    results: list[AuthorityResult]


class PermissionResults(Struct, frozen=True):
    """The checks in their order, under both of the names by which clients look for them."""

    checks: list[PermissionResult]
    results: list[PermissionResult]


Check = AuthorityCheck | PermissionCheck


def _decoder(form: type[AuthorityChecks | PermissionChecks]) -> Callable[[bytes, UUID], list[Check]]:
    def decode(body: bytes, _: UUID) -> list[Check]:
        given = objects.decode(body)
        sent = given.get("checks")
        if isinstance(sent, list) and len(sent) > LIMIT:
            raise Faulty(Fault(f"{len(sent)} checks were sent, {LIMIT} at most can be at once", "/checks"))
        try:
            return list(msgspec.convert(given, form).checks)
        except msgspec.ValidationError as error:
            raise Faulty(from_validation(error, "")) from None

    return decode


async def _policies(call: Call, checks: list[Check]) -> list[str]:
    """References of policies, of which the id is enough."""
    return [
        each.permissioned_id
        if "://" in each.permissioned_id
        else str(references.policy(call.account, each.permissioned_id))
        for each in checks
    ]


async def _principals(call: Call, checks: list[Check]) -> list[str]:
    """References of users and groups, in every form of their names; a name that nobody has stays as it is."""
    given = {each.permissioned_id for each in checks}

    async def read(view: View) -> dict[str, str]:
        found = await view.found(given)
        return {text: asking.reference_of(call.account, each.holder) for text, each in found.items()}

    known = await reading.read(call.resources, call.account, read)
    return [known.get(each.permissioned_id, each.permissioned_id) for each in checks]


def _question(check: Check, on: str) -> Question:
    whose = check.principal_id
    if check.domain_id is not UNSET and "/" not in whose:
        whose = f"{check.domain_id}/{whose}"
    if isinstance(check, AuthorityCheck):
        return Question(whose, on, Right(check.authority_id, is_role=True))
    return Question(whose, on, Right(check.permission_id, is_role=False))


async def _checked(call: Call, on: list[str]) -> Answer:
    checks: list[Check] = call.body
    asked = [_question(check, reference) for check, reference in zip(checks, on, strict=True)]
    _, answered = await questions.answers(call, asked)
    if len(checks) <= questions.ALONE:
        return Answer(_results(checks, answered))
    return Answer(await asyncio.to_thread(_results, checks, answered))


def _results(checks: list[Check], answered: list[Answered]) -> dict[str, msgspec.Raw]:
    rows = msgspec.Raw(msgspec.json.encode([*map(_result, checks, answered)]))
    return {"checks": rows, "results": rows}


def _result(check: Check, answered: Answered) -> AuthorityResult | PermissionResult:
    result = isinstance(answered, Decision) and answered.allowed
    message = UNSET if isinstance(answered, Decision) else answered
    form = AuthorityResult if isinstance(check, AuthorityCheck) else PermissionResult
    return form(*msgspec.structs.astuple(check), result=result, message=message)


async def check_policies(call: Call) -> Answer:
    """Answer POST /access/policies/{authorities,permissions}/check."""
    return await _checked(call, await _policies(call, call.body))


async def check_principals(call: Call) -> Answer:
    """Answer POST /domains/{domain}/principals/{authorities,permissions}/check."""
    check_domain(call)
    return await _checked(call, await _principals(call, call.body))


READ = Scope.ENTITLEMENTS_READ
AUTHORITIES = Body(AuthorityChecks, _decoder(AuthorityChecks), large=True, small=SMALL, limit=BYTES)
PERMISSIONS = Body(PermissionChecks, _decoder(PermissionChecks), large=True, small=SMALL, limit=BYTES)
KINDS = (
    ("/access/policies", "policies", check_policies),
    ("/domains/{domain}/principals", "users and groups", check_principals),
)
ROUTES = tuple(
    Route("POST", f"{path}/{which}/check", READ, handler, f"Check many {which} on {name}", result, body=body)
    for path, name, handler in KINDS
    for which, result, body in (
        ("authorities", AuthorityResults, AUTHORITIES),
        ("permissions", PermissionResults, PERMISSIONS),
    )
)
