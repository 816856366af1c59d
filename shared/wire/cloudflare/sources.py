"""What a policy test was made of: written down when it starts, shown to whoever asks later."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from shared.policy.entitlement.compilation import Asked
from shared.policy.entitlement.resource import Resource
from shared.wire.cloudflare import documents
from shared.wire.cloudflare.expectations import ExpectationObject
from shared.wire.cloudflare.groups import GroupObject
from shared.wire.cloudflare.lists import ListType
from shared.wire.cloudflare.policies import PolicyObject

# Of a longer list only the number of its values is shown.
VALUES_SHOWN = 1000
# Of access policies that take more together only the ids are shown, and who holds them.
DOCUMENTS_SHOWN = 4 * 1024 * 1024


class UsedList(Struct, frozen=True, omit_defaults=True):
    """A list as a test read it: how many values, and these in their canonical form if they are not many."""

    id: UUID
    name: str
    type: ListType
    count: int
    values: tuple[str, ...] | UnsetType = UNSET


class UsedAccessPolicy(Struct, frozen=True):
    """An access policy that said something of what was asked, and how many hold it.

    `assignedTo` are their references, if these are not many; `document` is there if those of all policies
    together are not long. One that was made up for the test has the id `~` and its place.
    """

    id: str
    count: int
    assigned_to: tuple[str, ...] | UnsetType = field(name="assignedTo", default=UNSET)
    document: dict[str, Any] | UnsetType = UNSET


class TestedEntitlement(Struct, frozen=True):
    """What was asked of everybody: a permission or an authority on `target`, as that was when it was asked.

    `policies` are those that said anything of it, in the order in which they counted.
    """

    target: dict[str, Any]
    policies: tuple[UsedAccessPolicy, ...]
    replace: bool
    permission: str | UnsetType = UNSET
    authority: str | UnsetType = UNSET


class TestSource(Struct, frozen=True):
    """What a test was started with, as it was then.

    `policies` stand in the order they were given in: an inline one as it was sent, a reusable one as it was
    kept, with its `id`. `groups` and `lists` are all that those refer to, over groups that name groups too.
    Of a test of an entitlement there are none of these, and the `entitlement`. `expectations` are as they
    were sent; what they refer to is there as well.
    """

    policies: list[PolicyObject]
    groups: dict[str, GroupObject]
    lists: dict[str, UsedList]
    entitlement: TestedEntitlement | UnsetType = UNSET
    base: UUID | UnsetType = UNSET
    expectations: list[ExpectationObject] | UnsetType = UNSET


class _Expecting(Struct):
    """A TestSource in pieces that nobody looks into."""

    policies: msgspec.Raw
    groups: dict[str, msgspec.Raw]
    lists: dict[str, msgspec.Raw]
    entitlement: msgspec.Raw | UnsetType = UNSET
    base: UUID | UnsetType = UNSET
    expectations: Sequence[Any] | UnsetType = UNSET


class Said(NamedTuple):
    """An access policy that says something of what is asked, and references of those who hold it."""

    id: str
    document: bytes
    holders: tuple[str, ...]


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


def expecting(
    source: bytes, base: UUID | None, given: Sequence[Any], groups: Sequence[Kept], lists: Sequence[Used]
) -> bytes:
    """The JSON of a TestSource with a base and expectations, and what these refer to, besides."""
    whole = msgspec.json.decode(source, type=_Expecting)
    whole.groups |= {str(each.id): _document(each) for each in groups}
    whole.lists |= {str(each.id): msgspec.Raw(msgspec.json.encode(_list(each))) for each in lists}
    whole.base, whole.expectations = base or UNSET, given or UNSET
    return msgspec.json.encode(whole)


class _Expected(Struct, omit_defaults=True):
    base: UUID | UnsetType = UNSET
    expectations: msgspec.Raw | UnsetType = UNSET


def expected(source: bytes | None) -> dict[str, Any]:
    """What of a TestSource `expecting` added, by name."""
    found = msgspec.json.decode(source or b"{}", type=_Expected)
    return {name: value for name, value in msgspec.structs.asdict(found).items() if value is not UNSET}


def encode_entitlement(target: Resource, asked: Asked, said: Sequence[Said], *, replace: bool) -> bytes:
    """The JSON of a TestSource that has an entitlement."""
    shown = sum(len(each.document) for each in said) <= DOCUMENTS_SHOWN
    tested = TestedEntitlement(
        msgspec.to_builtins(target),
        tuple(_said(each, shown=shown) for each in said),
        replace,
        UNSET if asked.permission is None else asked.permission,
        UNSET if asked.authority is None else asked.authority,
    )
    return msgspec.json.encode(TestSource([], {}, {}, tested))


def _said(said: Said, *, shown: bool) -> UsedAccessPolicy:
    return UsedAccessPolicy(
        *(said.id, len(said.holders), said.holders if len(said.holders) <= VALUES_SHOWN else UNSET),
        msgspec.json.decode(said.document) if shown else UNSET,
    )


def _document(kept: Kept) -> msgspec.Raw:
    return documents.around(kept.document, kept.id, _Nothing())


def _list(used: Used) -> UsedList:
    count = len(used.values)
    return UsedList(used.id, used.name, used.type, count, used.values if count <= VALUES_SHOWN else UNSET)
