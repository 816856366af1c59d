"""Rule groups on the wire, and the way to the domain's criteria."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType

from shared.policy.screening.policy import Criteria
from shared.wire.cloudflare import documents, objects
from shared.wire.cloudflare.criteria import PARTS, Name, Reader
from shared.wire.cloudflare.documents import NO_TIMES, Sent, Times
from shared.wire.cloudflare.rule_objects import RuleObjects, SomeRuleObjects
from shared.wire.faults import Faulty


class GroupFields(Struct, forbid_unknown_fields=True):
    """A rule group. `is_default` marks the organization's own; it is kept and changes nothing."""

    name: Name
    include: SomeRuleObjects
    exclude: RuleObjects | UnsetType | None = UNSET
    require: RuleObjects | UnsetType | None = UNSET
    is_default: bool | UnsetType | None = UNSET


class GroupObject(GroupFields, forbid_unknown_fields=True):
    """A group as it is sent, perhaps with what answers add: clients send that back, and it is ignored."""

    id: Any = UNSET
    uid: Any = UNSET
    account_id: Any = UNSET
    created_at: Any = UNSET
    updated_at: Any = UNSET


class GroupAnswer(GroupFields, kw_only=True):
    """A group as it is answered; what was not sent is not there."""

    id: UUID
    created_at: datetime
    updated_at: datetime


FIELDS = {field.encode_name: field for field in msgspec.structs.fields(GroupObject)}
OURS = FIELDS.keys() - {field.encode_name for field in msgspec.structs.fields(GroupFields)}


def decode_kept(body: bytes, account: UUID) -> Sent:
    """A group that is to be kept; raises Faulty for what is no object."""
    given = objects.decode(body, "a group's fields")
    reader = Reader(account.hex)
    found = reader.read(given, FIELDS, "group", "")
    name = found.members["name"] or ""
    return Sent(name, documents.kept(given, OURS), tuple(reader.references), tuple(reader.faults))


def criteria(document: bytes, account: UUID) -> Criteria:
    """What a kept group matches; raises Faulty for one kept by a version that took what this one does not."""
    reader = Reader(account.hex)
    found = reader.read(msgspec.json.decode(document), FIELDS, "group", "")
    if reader.faults:
        raise Faulty(*reader.faults)
    return Criteria(*(tuple(rule for rule, _ in found.rules[part]) for part in PARTS))


class Added(Struct, frozen=True):
    """What answers add after a group's own members; the audit log has it without the times."""

    created_at: datetime | UnsetType = UNSET
    updated_at: datetime | UnsetType = UNSET


def answer(_: UUID, group_id: UUID, document: bytes, times: Times = NO_TIMES) -> msgspec.Raw:
    """A kept group as it is answered."""
    return documents.around(document, group_id, Added(times.created_at, times.updated_at))
