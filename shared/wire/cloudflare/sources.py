"""What a policy test was made of: written down when it starts, shown to whoever asks later."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType

from shared.wire.cloudflare import documents
from shared.wire.cloudflare.groups import GroupObject
from shared.wire.cloudflare.lists import ListType
from shared.wire.cloudflare.policies import PolicyObject

# Of a longer list only the number of its values is shown.
VALUES_SHOWN = 1000


class UsedList(Struct, frozen=True, omit_defaults=True):
    """A list as a test read it: how many values, and these in their canonical form if they are not many."""

    id: UUID
    name: str
    type: ListType
    count: int
    values: tuple[str, ...] | UnsetType = UNSET


class TestSource(Struct, frozen=True):
    """What a test was started with, as it was then.

    `policies` stand in the order they were given in: an inline one as it was sent, a reusable one as it was
    kept, with its `id`. `groups` and `lists` are all that those refer to, over groups that name groups too.
    """

    policies: list[PolicyObject]
    groups: dict[str, GroupObject]
    lists: dict[str, UsedList]


class Kept(NamedTuple):
    """A reusable policy or a group, by its id and the document it is kept as."""

    id: UUID
    document: bytes


class Used(NamedTuple):
    """A list, and what it holds in canonical form."""

    id: UUID
    name: str
    type: ListType
    values: tuple[str, ...]


class _Nothing(Struct):
    """What a test adds to a document but its id."""


def encode_source(
    given: Sequence[dict[str, Any] | Kept], groups: Sequence[Kept], lists: Sequence[Used]
) -> bytes:
    """The JSON of a TestSource."""
    return msgspec.json.encode(
        {
            "policies": [_document(each) if isinstance(each, Kept) else each for each in given],
            "groups": {str(each.id): _document(each) for each in groups},
            "lists": {str(each.id): _list(each) for each in lists},
        }
    )


def _document(kept: Kept) -> msgspec.Raw:
    return documents.around(kept.document, kept.id, _Nothing())


def _list(used: Used) -> UsedList:
    count = len(used.values)
    return UsedList(used.id, used.name, used.type, count, used.values if count <= VALUES_SHOWN else UNSET)
