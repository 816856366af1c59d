"""From references to the resources that they refer to, of whatever kind; nothing is decided here."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import msgspec

from shared.directory.errors import Refused
from shared.directory.login import known_address
from shared.policy.entitlement.estate import EVERYONE
from shared.policy.entitlement.resource import Container, Resource, folded
from shared.store import access_policies, groups, profiles, registered_resources, targets
from shared.store.groups import Group
from shared.store.pool import Connection
from shared.store.principals import user_id_of
from shared.store.profiles import Person
from shared.wire.cloudcms import references
from shared.wire.cloudcms.principals import Kind, document
from shared.wire.cloudcms.references import DOMAIN, DOMAINS, Reference
from shared.wire.cloudcms.resources import decode, referred
from shared.wire.cloudcms.shipped import system_policies
from shared.wire.faults import Fault, Faulty

BYTES_AT_ONCE = 128 * 1024
"""Of documents; more are decoded in a thread, or nothing else would happen meanwhile."""

PIECE = 256
"""Users or groups that are read before it is seen how many bytes they take."""
BYTES_LIMIT = 32 * 1024 * 1024

Key = TypeVar("Key")
Made = TypeVar("Made")
Thing = TypeVar("Thing", Person, Group)
decode_object = msgspec.json.Decoder(dict[str, Any]).decode


class _Reader:
    """A connection, whose things are read over it, and how many bytes of documents were."""

    def __init__(self, connection: Connection, account: UUID) -> None:
        self.connection, self.account, self.bytes = connection, account, 0

    @property
    def where(self) -> tuple[Connection, UUID]:
        return self.connection, self.account

    async def pieces(self, ids: Iterable[Key], read: Callable[..., Awaitable[list[Thing]]]) -> list[Thing]:
        """Some users or groups, by pieces; raises Faulty where there is too much of them."""
        found, every = list[Thing](), list(ids)
        for first in range(0, len(every), PIECE):
            more = await read(*self.where, every[first : first + PIECE])
            self.bytes += sum(len(each.document or b"") for each in more)
            if self.bytes > BYTES_LIMIT:
                raise Faulty(Fault(f"this is about more than {BYTES_LIMIT} bytes of documents: ask for less"))
            found += more
        return found


class Referred(NamedTuple):
    """What some references refer to, by them as they were given, and how many bytes that is as stored."""

    resources: dict[str, Resource]
    bytes: int


_Read = Callable[[_Reader, Collection[str]], Awaitable[Mapping[str, Resource]]]


async def resources(connection: Connection, account: UUID, given: Iterable[str]) -> Referred:
    """What references refer to, by them as they were given; raises Faulty where that is too much.

    What is no reference, or of a kind that is kept here and not there, is left out. Of anything else that
    nobody has registered the reference says what there is to say.
    """
    parsed = {text: reference for text in given if (reference := _parsed(text)) is not None}
    kept: dict[str, set[str]] = defaultdict(set)
    others = set[str]()
    for reference in parsed.values():
        if is_kept(reference):
            kept[reference.type.lower()].add(_id(account, reference))
        else:
            others.add(folded(str(reference)))
    reader = _Reader(connection, account)
    found = {kind: await KEPT[kind](reader, ids - {""}) for kind, ids in kept.items()}
    known = await _registered(reader, others) if others else {}
    every = {
        text: found[reference.type.lower()].get(_id(account, reference))
        if is_kept(reference)
        else known.get(folded(str(reference))) or _unregistered(reference)
        for text, reference in parsed.items()
    }
    there = {text: resource for text, resource in every.items() if resource is not None}
    return Referred(there, reader.bytes)


def is_kept(reference: Reference) -> bool:
    """Whether a reference is of a kind that is kept here, so that none of it is ever registered."""
    return reference.type.lower() in references.KEPT


def _parsed(text: str) -> Reference | None:
    try:
        return references.parse(text)
    except Refused:
        return None


def _id(account: UUID, reference: Reference) -> str:
    """The id of something that is kept here, in small letters; empty for another account's."""
    kind, ids = reference.type.lower(), tuple(each.lower() for each in reference.ids)
    platform = ids[1:2] if kind == "team" else ids[:1]
    lengths = {"platform": (1,), "accesspolicy": (2,), "user": (3,), "group": (3,), "team": (3, 4)}
    ours = platform == (account.hex,) and len(ids) in lengths[kind]
    if kind in ("user", "group") and ours and ids[1] not in DOMAINS:
        return ""
    return ids[-1] if ours else ""


def _unregistered(reference: Reference) -> Resource:
    if reference.type.lower() == "domain" and reference.id.lower() in DOMAINS:
        reference = Reference("domain", (*reference.ids[:-1], DOMAIN))
    return referred(reference)


async def _registered(reader: _Reader, wanted: Collection[str]) -> dict[str, Resource]:
    found = await registered_resources.several(*reader.where, wanted)

    def make(texts: Mapping[str, bytes]) -> dict[str, Resource]:
        return {on: decode(decode_object(text), reader.account) for on, text in texts.items()}

    reader.bytes += sum(len(each.document) for each in found.values())
    return await _away({on: each.document for on, each in found.items()}, make)


async def _platform(reader: _Reader, _: Collection[str]) -> dict[str, Resource]:
    own = reader.account.hex
    return {own: Resource(str(references.platform(reader.account)), "platform", own)}


async def _policies(reader: _Reader, ids: Collection[str]) -> dict[str, Resource]:
    stored = await access_policies.several(*reader.where, ids)
    documents = {key: each.document for key, each in system_policies().items() if key in ids}
    documents |= {policy: each.document for policy, each in stored.items()}
    reader.bytes += sum(map(len, documents.values()))
    within = (Container("platform", reader.account.hex),)
    return {
        policy: Resource(
            *(str(references.policy(reader.account, policy)), "accessPolicy", policy, ()),
            *(properties, within),
        )
        for policy, properties in (await _decoded(documents)).items()
    }


async def _decoded(documents: Mapping[Key, bytes]) -> dict[Key, dict[str, Any]]:
    """Documents as objects, made in a thread if they are large together."""
    return await _away(documents, lambda texts: {key: decode_object(text) for key, text in texts.items()})


async def _away(texts: Mapping[Key, bytes], make: Callable[[Mapping[Key, bytes]], Made]) -> Made:
    if sum(map(len, texts.values())) <= BYTES_AT_ONCE:
        return make(texts)
    return await asyncio.to_thread(make, texts)


async def _users(reader: _Reader, ids: Collection[str]) -> dict[str, Resource]:
    wanted = {text: found for text in ids if (found := user_id_of(text)) is not None}
    people = await reader.pieces(set(wanted.values()), profiles.several)
    own = await _decoded({each.user_id: each.document or b"{}" for each in people})
    made = {each.user_id: _user(reader.account, each, own[each.user_id]) for each in people}
    return {text: made[user_id] for text, user_id in wanted.items() if user_id in made}


def _user(account: UUID, person: profiles.Person, own: Mapping[str, Any]) -> Resource:
    login, email = person.email if person.login is None else person.login, known_address(person.email)
    known = {"title": person.name or login, **own, **({} if email is None else {"email": email})}
    return _principal(account, "user", str(person.user_id), login, known)


def _principal(account: UUID, kind: Kind, own_id: str, name: str, own: dict[str, Any]) -> Resource:
    reference = references.user(account, own_id) if kind == "user" else references.group(account, own_id)
    around = (Container("platform", account.hex), Container("domain", DOMAIN))
    return Resource(str(reference), kind, own_id, (), document(own_id, kind, name, own), around)


async def _groups(reader: _Reader, ids: Collection[str]) -> dict[str, Resource]:
    rows = {each.group_id: each for each in await reader.pieces(ids, groups.several)}
    own = await _decoded({each.group_id: each.document for each in rows.values()})
    found = {
        each.group_id: _principal(
            *(reader.account, "group", each.group_id, each.name), {"title": each.name, **own[each.group_id]}
        )
        for each in rows.values()
    }
    return {EVERYONE: _principal(reader.account, "group", EVERYONE, EVERYONE, {"title": EVERYONE}), **found}


async def _teams(reader: _Reader, ids: Collection[str]) -> dict[str, Resource]:
    found = await targets.teams(*reader.where, ids)
    own = await _decoded({team: stored.document for team, (_, stored) in found.items()})
    reader.bytes += sum(len(stored.document) for _, stored in found.values())
    made = dict[str, Resource]()
    for team, (within, stored) in found.items():
        around = (Container("platform", reader.account.hex), *([Container(*within)] if within else ()))
        known = {"key": stored.key, "groupId": stored.group, "roleKeys": stored.roles}
        reference = str(references.team(reader.account, within, team))
        made[team] = Resource(reference, "team", team, (), own[team] | known, around)
    return made


KEPT: Mapping[str, _Read] = {
    "platform": _platform,
    "accesspolicy": _policies,
    "user": _users,
    "group": _groups,
    "team": _teams,
}
"""What is kept here, by the type in small letters, and how it is read by ids in small letters."""
