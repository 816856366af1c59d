"""Questions about whatever resource: may they, and what may they."""

import asyncio
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType

from services.gateway.auth import Scope
from services.gateway.cloudcms.decisions import questions
from services.gateway.cloudcms.decisions.checks import BYTES, LIMIT, SMALL
from services.gateway.cloudcms.decisions.questions import Answered, Facts, Question, Right
from services.gateway.cloudcms.decisions.reasons import Explanation, explained
from services.gateway.cloudcms.decisions.thinking import Course, thought
from services.gateway.routing import Answer, Body, Call, Route
from shared.policy.entitlement.resource import Resource
from shared.wire.cloudcms import objects, resources
from shared.wire.cloudcms.resources import ResourceObject
from shared.wire.faults import Fault, Faulty, child, from_validation

ENTRIES = "/entries"


class ExplainQuery(Struct, frozen=True):
    """Whether all answers come with their reasons."""

    explain: bool = False


class LookupEntry(Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A principal, and what it is about: `permissioned`, a reference, or a `resource` that is described."""

    permissioned: str | UnsetType = UNSET
    resource: ResourceObject | UnsetType = UNSET
    principal_id: str


class CheckEntry(LookupEntry, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A question about a permission or an authority. With `explain` it is said why."""

    permission_id: str | UnsetType = UNSET
    authority_id: str | UnsetType = UNSET
    explain: bool | UnsetType = UNSET


class LookupResult(LookupEntry, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """An entry as it was sent, with all that the principal has; `message` says what does not exist."""

    authorities: list[str]
    permissions: list[str]
    message: str | UnsetType = UNSET


class CheckResult(CheckEntry, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """An entry as it was sent, with the answer; `message` says what does not exist."""

    has_permission: bool | UnsetType = UNSET
    has_authority: bool | UnsetType = UNSET
    reason: Explanation | UnsetType = UNSET
    message: str | UnsetType = UNSET


class LookupEntries(Struct, frozen=True):
    """What is looked up."""

    entries: list[LookupEntry] = []


class CheckEntries(Struct, frozen=True):
    """What is asked."""

    entries: list[CheckEntry] = []


class LookupResults(Struct, frozen=True):
    """The entries, in their order."""

    entries: list[LookupResult]


class CheckResults(Struct, frozen=True):
    """The entries, in their order."""

    entries: list[CheckResult]


class _Entry(Struct, frozen=True, rename="camel"):
    principal_id: str
    permissioned: str | None = None
    resource: dict[str, Any] | None = None
    permission_id: str | None = None
    authority_id: str | None = None
    explain: bool = False

    def right(self) -> Right:
        """What is asked for; `decode` has seen to it that it is something."""
        if self.authority_id is not None:
            return Right(self.authority_id, is_role=True)
        return Right(self.permission_id or "", is_role=False)


class _Sent(Struct, frozen=True):
    entries: list[_Entry] = []


class Asked(Struct, frozen=True):
    """An entry as it was sent, and read."""

    sent: dict[str, Any]
    entry: _Entry
    on: str | Resource


ECHOED = frozenset(each.encode_name for each in msgspec.structs.fields(_Entry))


def _decode(body: bytes, account: UUID, *, rights: bool) -> list[Asked]:
    given = objects.decode(body)
    sent = given.get("entries")
    if isinstance(sent, list) and len(sent) > LIMIT:
        raise Faulty(Fault(f"{len(sent)} entries were sent, {LIMIT} at most can be at once", ENTRIES))
    try:
        entries = msgspec.convert(given, _Sent).entries
    except msgspec.ValidationError as error:
        raise Faulty(from_validation(error, "")) from None
    pairs = zip(sent or (), entries, strict=True)
    found = [_asked(*pair, account, child(ENTRIES, number)) for number, pair in enumerate(pairs)]
    if rights:
        _check_rights(entries)
    return found


def _asked(sent: dict[str, Any], entry: _Entry, account: UUID, pointer: str) -> Asked:
    if (entry.permissioned is None) == (entry.resource is None):
        raise Faulty(Fault("an entry has either `permissioned` or `resource`", pointer))
    described = child(pointer, "resource")
    on = entry.permissioned or resources.decode(entry.resource, account, described)
    return Asked({name: value for name, value in sent.items() if name in ECHOED}, entry, on)


def _check_rights(entries: list[_Entry]) -> None:
    wrong = [
        Fault("an entry has either `permissionId` or `authorityId`", child(ENTRIES, number))
        for number, each in enumerate(entries)
        if (each.permission_id is None) == (each.authority_id is None)
    ]
    if wrong:
        raise Faulty(*wrong)


async def check(call: Call) -> Answer:
    """Answer POST /access/check."""
    asked: list[Asked] = call.body
    wanted = [Question(each.entry.principal_id, each.on, each.entry.right()) for each in asked]
    known, answered = await questions.answers(call, wanted)
    every = call.query.explain
    if len(asked) <= questions.ALONE:
        return Answer(_checked(asked, known, answered, explain=every))
    return Answer(await asyncio.to_thread(_checked, asked, known, answered, explain=every))


def _checked(asked: list[Asked], known: Facts, answered: list[Answered], *, explain: bool) -> msgspec.Raw:
    explaining = explain or any(each.entry.explain for each in asked)
    names = known.estate.names if explaining else {}
    rows = list[dict[str, Any]]()
    for each, found in zip(asked, answered, strict=True):
        name = "hasAuthority" if each.entry.right().is_role else "hasPermission"
        if isinstance(found, str):
            rows.append({**each.sent, name: False, "message": found})
        elif explain or each.entry.explain:
            rows.append({**each.sent, name: found.allowed, "reason": explained(found, names)})
        else:
            rows.append({**each.sent, name: found.allowed})
    return msgspec.Raw(msgspec.json.encode({"entries": rows}))


async def lookup(call: Call) -> Answer:
    """Answer POST /access/lookup."""
    asked: list[Asked] = call.body
    pairs = [(each.entry.principal_id, each.on) for each in asked]
    known = await questions.known(call, pairs)
    work = known.work(pairs)
    return Answer(await thought(call, work, lambda course: _looked_up(asked, known, course)))


def _looked_up(asked: list[Asked], known: Facts, course: Course) -> msgspec.Raw:
    rows = []
    for each in asked:
        pair = known.pair(each.entry.principal_id, each.on, course)
        if isinstance(pair, str):
            row = {"authorities": [], "permissions": [], "message": pair}
        else:
            principal, resource = pair
            authorities = sorted(principal.authorities(resource, course.clock))
            row = {"authorities": authorities, "permissions": sorted(principal.carried(authorities))}
        rows.append(each.sent | row)
    return msgspec.Raw(msgspec.json.encode({"entries": rows}))


def _questions(body: bytes, account: UUID) -> list[Asked]:
    return _decode(body, account, rights=True)


def _pairs(body: bytes, account: UUID) -> list[Asked]:
    return _decode(body, account, rights=False)


READ = Scope.ENTITLEMENTS_READ
CHECKED = Body(CheckEntries, _questions, large=True, small=SMALL, limit=BYTES)
LOOKED_UP = Body(LookupEntries, _pairs, large=True, small=SMALL, limit=BYTES)
ROUTES = (
    Route(
        *("POST", "/access/check", READ, check, "Whether principals have rights on resources", CheckResults),
        query=ExplainQuery,
        body=CHECKED,
    ),
    Route(
        *("POST", "/access/lookup", READ, lookup, "All that principals may do on resources", LookupResults),
        body=LOOKED_UP,
    ),
)
