"""Users, groups and teams as clients refer to them: in any case, encoded once too often, or by bare name."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from services.gateway.cloudcms import domains
from services.gateway.cloudcms.answers import not_found, refused
from shared.directory.errors import Refused
from shared.policy.entitlement.estate import Holder
from shared.store import assignments, principals
from shared.store.entitlements import PLATFORM
from shared.store.pool import Connection
from shared.wire.cloudcms import references
from shared.wire.cloudcms.references import Reference

KINDS = ("user", "group", "team")
ENCODED = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(?::|%3A)(?:/|%2F)", re.IGNORECASE)
PRINCIPAL_IDS = 3
"""Of the platform, the domain, and its own."""
NAME = re.compile(r"[^\x00\ud800-\udfff]{1,1024}")


async def holder(connection: Connection, account: UUID, given: str) -> Holder:
    """Whom a text means; raises Failed for nobody, Faulty for what can mean nobody."""
    if not NAME.fullmatch(given):
        raise refused("`ref` is a reference of a user, group or team, or a principal's id or name")
    if not ENCODED.match(given):
        return await _principal(connection, account, given, given)
    reference = _parsed(given if "%" not in given else unquote(given))
    if reference.type.lower() == "team":
        return await _team(connection, account, reference)
    return await _principal(connection, account, given, str(reference))


def _parsed(given: str) -> Reference:
    try:
        reference = references.parse(given)
    except Refused as refusal:
        raise refused(str(refusal)) from None
    kind = reference.type.lower()
    if kind not in KINDS:
        raise refused(f"policies are assigned to users, groups and teams, not to a `{reference.type}`")
    if kind != "team" and len(reference.ids) != PRINCIPAL_IDS:
        form = f"it has the form `{kind}://platform/domain/id`"
        raise refused(f"`{given[:64]}` is no reference of a {kind}: {form}")
    return reference


async def _principal(connection: Connection, account: UUID, given: str, meant: str) -> Holder:
    found = (await principals.find(connection, account, [meant])).get(meant)
    if found is None:
        both = await principals.namesakes(connection, account, meant)
        raise domains.nobody(both, given, _what(given))
    return found.holder


async def _team(connection: Connection, account: UUID, reference: Reference) -> Holder:
    kind, found = reference.ids[0].lower(), None
    if len(reference.ids) != len(references.team(account, None if kind == PLATFORM else ("", ""), "").ids):
        form = "`team://platform/platform/id` or `team://type/platform/datastore/id`"
        raise refused(f"`{str(reference)[:64]}` is no reference of a team: it has the form {form}")
    if reference.ids[1].lower() == account.hex:
        within = None if kind == PLATFORM else (kind, reference.ids[2])
        found = await assignments.team(connection, account, within, reference.id)
    if found is None:
        raise not_found(_what(str(reference)))
    return Holder("team", found)


async def described(connection: Connection, account: UUID, found: Sequence[Holder]) -> list[dict[str, Any]]:
    """Holders as rows, with a name or a title; without, if they are no more."""
    named = await _named(connection, account, [each for each in found if each.kind != "team"])
    teams = await assignments.teams(connection, account, [each.id for each in found if each.kind == "team"])
    for team in teams.values():
        reference = references.team(account, team.within, team.id)
        named[Holder("team", team.id)] = {"ref": str(reference), "title": team.title}
    return [{"_doc": each.id, "type": each.kind, **named.get(each, {})} for each in found]


async def _named(
    connection: Connection, account: UUID, found: Sequence[Holder]
) -> dict[Holder, dict[str, Any]]:
    makers = {"user": references.user, "group": references.group}
    by = {each: str(makers[each.kind](account, each.id)) for each in found}
    known = await principals.find(connection, account, list(by.values()))
    return {
        each: {"ref": reference} | ({"name": known[reference].name} if reference in known else {})
        for each, reference in by.items()
    }


def _what(given: str) -> str:
    return f"user, group or team `{given[:128]}`"
