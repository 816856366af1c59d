"""Lists on the wire: created, replaced, changed, answered. What they hold is in `list_items`."""

from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from shared.wire.cloudflare import list_items, objects
from shared.wire.cloudflare.list_items import PLACES, Description, Entries, Items, ListItem, Values
from shared.wire.faults import Fault, Faulty, child, from_validation

# Rules read EMAIL and IP; lists of other types are kept for the clients that have them.
ListType = Literal[
    "SERIAL", "URL", "DOMAIN", "HOSTNAME", "EMAIL", "IP", "CATEGORY", "LOCATION", "DEVICE", "AAGUID"
]
Name = Annotated[str, Meta(min_length=1, max_length=350)]


class NewList(Struct, forbid_unknown_fields=True):
    """A list to be created. What answers add, the last four, is ignored: clients send it back."""

    name: Name
    type: ListType
    description: Description | None = None
    items: Items | None = None
    id: Any = UNSET
    count: Any = UNSET
    created_at: Any = UNSET
    updated_at: Any = UNSET


class ListObject(Struct, forbid_unknown_fields=True):
    """What a list becomes; without `items` it keeps its own. The type is the one it has, or left out."""

    name: Name
    description: Description | None = None
    items: Items | None = None
    type: ListType | UnsetType = UNSET
    id: Any = UNSET
    count: Any = UNSET
    created_at: Any = UNSET
    updated_at: Any = UNSET


class ListPatch(Struct, forbid_unknown_fields=True):
    """A change to a list: first values are removed, then items are appended. What is left out stays."""

    name: Name | UnsetType = UNSET
    description: Description | UnsetType | None = UNSET
    append: Items | None = None
    remove: Values | None = None


class ListAnswer(Struct, frozen=True):
    """A list; with its items where they are no more than one page has, but never among other lists."""

    id: UUID
    name: str
    type: ListType
    description: str | None
    count: int
    created_at: datetime
    updated_at: datetime
    items: tuple[ListItem, ...] | UnsetType = UNSET


class Heading(NamedTuple):
    """What a list is called."""

    name: str
    description: str | None


class Sent(Struct, frozen=True):
    """A body: those of its members that are right by name, and what is wrong. A faulty item is None."""

    members: dict[str, Any]
    faults: tuple[Fault, ...]


def decode(body: bytes, form: type[Struct]) -> Sent:
    """A body in one of the forms above, its values not yet looked at; raises Faulty for what is no object."""
    document = objects.decode(body, "the members of a list")
    fields = {field.encode_name: field for field in msgspec.structs.fields(form)}
    faults, members = objects.strays(document, fields, "a list"), dict[str, Any]()
    for name, field in fields.items():
        if name in document:
            try:
                members[name] = msgspec.convert(document[name], field.type, strict=True)
            except msgspec.ValidationError as error:
                if name in PLACES:
                    members[name] = list_items.partly(document[name], name, error, faults)
                else:
                    faults.append(from_validation(error, child("", name)))
        elif field.required:
            faults.append(Fault(f"a list needs `{name}`", child("", name)))
    return Sent(members, tuple(faults))


def entries(sent: Sent, kind: str | None) -> dict[str, Entries]:
    """The items of a body for a list of some type, by the member they stand in; raises Faulty for all faults.

    Takes long for long lists. No type is one that was not understood.
    """
    faults = list(sent.faults)
    if sent.members.get("type", kind) != kind:
        faults.append(Fault(f"a list keeps its type, and this one's is `{kind}`", "/type"))
    found = {
        name: list_items.entries(sent.members[name], kind, name, faults)
        for name in PLACES
        if sent.members.get(name) is not None
    }
    if faults:
        raise Faulty(*faults)
    return found


class Content(Struct, frozen=True, omit_defaults=True):
    """An item in the audit log."""

    value: str
    description: str | None = None


class Document(Struct, frozen=True):
    """A list in the audit log; where it is long, the digest of its items stands for them."""

    name: str
    type: str
    description: str | None
    count: int
    items: list[Content] | UnsetType = UNSET
    items_digest: str | UnsetType = UNSET


def to_document(answer: ListAnswer, digest: bytes) -> bytes:
    """A list for the audit log, without times: the same as long as the list is."""
    heading = (answer.name, answer.type, answer.description, answer.count)
    if answer.items is UNSET:
        return msgspec.json.encode(Document(*heading, items_digest=digest.hex()))
    items = [Content(item.value, item.description) for item in answer.items]
    return msgspec.json.encode(Document(*heading, items))
