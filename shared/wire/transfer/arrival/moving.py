"""Things under other ids: the ids that they get, and what is rewritten where they name each other."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from shared.directory.errors import Refused
from shared.wire.cloudcms import references
from shared.wire.cloudcms.references import Reference
from shared.wire.transfer.arrival.substitution import changed
from shared.wire.transfer.arrival.things import Named, Policy, Ruled
from shared.wire.transfer.contents import Key, Kind
from shared.wire.transfer.requirements import PARTS, PERMISSIONED, RULES

Ids = Mapping[Key, str]
"""What things of an archive are called here."""
UUIDS = (Kind.LIST, Kind.RULE_GROUP, Kind.REUSABLE_POLICY)
CONDITIONS = (Kind.GROUP, Kind.POLICY, Kind.TEAM, Kind.RESOURCE)
"""What a pattern of a condition may have the id of."""
OWN_ID = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{20}(?![0-9A-Za-z])")
"""An id as they are made here: no pattern has one by accident."""


def new_ids(keys: Iterable[Key], seed: bytes) -> dict[Key, str]:
    """Ids of their own for things; the same for the same seed.

    In the order of the old ones: of policies that say the same order, the one with the higher id wins.
    """
    by_kind = defaultdict[Kind, list[Key]](list)
    for key in keys:
        by_kind[key.kind].append(key)
    found = dict[Key, str]()
    for kind, these in by_kind.items():
        made = sorted(_made(kind, number, seed) for number in range(len(these)))
        found.update(zip(sorted(these, key=lambda key: key.id), made, strict=True))
    return found


def _made(kind: Kind, number: int, seed: bytes) -> str:
    digest = hashlib.sha256(b"%s %s %d" % (seed, kind.value.encode(), number)).digest()
    return str(UUID(bytes=digest[:16], version=4)) if kind in UUIDS else digest[:10].hex()


def moved_reference(on: str, ids: Ids) -> str:
    """A reference, in small letters, of what something of the archive is here; raises Refused for none."""
    reference = references.parse(on)
    kind = PERMISSIONED.get(reference.type)
    if kind is None:
        return on
    own = ids.get(Key(kind, reference.id), reference.id)
    return str(Reference(reference.type, (*reference.ids[:-1], own)))


def moved_policy(policy: Policy, own: str, ids: Ids) -> Policy:
    """A policy under its id here, with the ids in its conditions."""
    found = set(OWN_ID.findall(policy.document.decode()))
    new = {old: ids[key] for old in found for kind in CONDITIONS if (key := Key(kind, old)) in ids}
    if all(old == here for old, here in new.items()):
        return replace(policy, id=own)
    document: dict[str, Any] = msgspec.json.decode(policy.document)
    for statement in document["statements"]:
        if statement.get("conditions"):
            statement["conditions"] = changed(
                statement["conditions"],
                lambda text: OWN_ID.sub(lambda match: new.get(match[0], match[0]), text),
                ("type", "property"),
            )
    return Policy(own, msgspec.json.encode(document))


def moved_ruled(ruled: Ruled, own: UUID, ids: Ids) -> Ruled:
    """A rule group or a reusable policy under its id here, with the ids that its rules name."""
    document: dict[str, Any] = msgspec.json.decode(ruled.document)
    moved = False
    for place, name, kind in _naming(document):
        given = place[name]
        place[name] = _renamed(kind, given, ids)
        moved |= place[name] != given
    return replace(ruled, id=own, document=msgspec.json.encode(document) if moved else ruled.document)


def _naming(document: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str, Kind]]:
    """Where rules, and those who approve, are said by an id: the object, its member, what that names."""
    for rule in (rule for part in PARTS for rule in document.get(part) or ()):
        yield from ((rule[name], "id", kind) for name, kind in RULES.items() if name in rule)
    for group in document.get("approval_groups") or ():
        if group.get("email_list_uuid") is not None:
            yield group, "email_list_uuid", Kind.LIST


def _renamed(kind: Kind, given: str, ids: Ids) -> str:
    """An id as it was written, unless it is another here."""
    key = Key(kind, str(UUID(given)))
    return given if ids.get(key, key.id) == key.id else ids[key]


def moved_name(named: Named, ids: Ids) -> Named:
    """What a rule names, by its id here; raises Refused."""
    kind = Kind.RULE_GROUP if named.kind == "group" else Kind.LIST
    try:
        return Named(named.kind, UUID(ids.get(Key(kind, str(named.id)), str(named.id))))
    except ValueError:
        raise Refused(f"`{named.id}` has no id here") from None
