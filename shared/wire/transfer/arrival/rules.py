"""Lists, rule groups and reusable policies of an archive: as if a client had sent them."""

import re
from typing import Any, Literal
from uuid import UUID

import msgspec

from shared.directory.errors import Refused
from shared.policy.rules.kinds import Reference
from shared.policy.rules.references import EmailList, Group
from shared.wire.cloudflare import groups, lists, policies
from shared.wire.cloudflare.criteria import Placed
from shared.wire.cloudflare.documents import Sent
from shared.wire.cloudflare.list_items import EMPTY
from shared.wire.cloudflare.lists import Heading, NewList
from shared.wire.faults import Faulty
from shared.wire.transfer.arrival.things import Arrival, List, Named, Ruled
from shared.wire.transfer.contents import Key

BYTES_LIMIT = 1024 * 1024
"""Of a rule group, or of a policy: as much as a client can send of one."""
UUID_TEXT = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
Object = dict[str, Any]


def uuid_of(text: str) -> UUID:
    """An id that is a UUID; raises Refused."""
    if not UUID_TEXT.fullmatch(text):
        raise Refused(f"`{text[:64]}` is no UUID")
    return UUID(text)


def listed(key: Key, given: Object, _: UUID) -> Arrival:
    """A list, its items beside it; raises Faulty, Refused."""
    sent = lists.decode(msgspec.json.encode(given), NewList)
    found = lists.entries(sent, sent.members.get("type")).get("items", EMPTY)
    heading = Heading(sent.members["name"], sent.members.get("description"))
    thing = List(uuid_of(key.id), sent.members["type"], heading, found.fingerprint)
    return Arrival(key, thing, items=found)


def rule_group(key: Key, given: Object, account: UUID) -> Arrival:
    """A rule group; raises Faulty, Refused."""
    return _ruled("group", key, groups.decode_kept(_text(given), account))


def reusable_policy(key: Key, given: Object, account: UUID) -> Arrival:
    """A reusable policy; raises Faulty, Refused."""
    return _ruled("policy", key, policies.decode_kept(_text(given), account))


def _text(given: Object) -> bytes:
    text = msgspec.json.encode(given)
    if len(text) > BYTES_LIMIT:
        raise Refused(f"it has at most {BYTES_LIMIT} bytes, and has {len(text)}")
    return text


def _ruled(kind: Literal["group", "policy"], key: Key, sent: Sent) -> Arrival:
    if sent.faults:
        raise Faulty(*sent.faults)
    thing = Ruled(kind, uuid_of(key.id), sent.name, sent.document)
    return Arrival(key, thing, names=named(sent.references))


def named(placed: tuple[Placed, ...]) -> tuple[Named, ...]:
    """What rules name, each once; raises Refused for an id that can be nothing's."""
    found = (_named(each.reference) for each in placed if not isinstance(each.reference, str))
    return tuple(dict.fromkeys(found))


def _named(reference: Reference) -> Named:
    if isinstance(reference, Group):
        return Named("group", uuid_of(reference.id))
    return Named("EMAIL" if isinstance(reference, EmailList) else "IP", uuid_of(reference.id))
