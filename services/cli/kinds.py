"""What an account keeps: policies, rule groups, lists. Where they are, and how a file has them."""

from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import UNSET, Meta, UnsetType

Text = Annotated[str, Meta(min_length=1)]
# The gateway knows the kinds of rules; here they are objects.
Rules = list[dict[str, Any]]


class Shape(msgspec.Struct, kw_only=True):
    """One of them in a file, as far as the command reads it; the gateway judges the rest."""

    name: Text
    id: Text | UnsetType = UNSET


class GroupShape(Shape, kw_only=True):
    """A rule group."""

    include: Rules
    exclude: Rules | None = None
    require: Rules | None = None


class PolicyShape(GroupShape, kw_only=True):
    """A policy."""

    decision: Text


class ItemShape(msgspec.Struct, kw_only=True):
    """An item of a list that is not its value alone."""

    value: str
    description: str | None = None


class ListShape(Shape, kw_only=True):
    """A list; without `items` it keeps those that it has, and a list that is there needs no `type`."""

    type: Text | UnsetType = UNSET
    description: str | None = None
    items: list[str | ItemShape] | None = None


class Kind(NamedTuple):
    """One kind: what it is called, where it is under the account, its shape in a file."""

    word: str
    plural: str
    path: str
    shape: type[Shape]


POLICIES = Kind("policy", "policies", "access/policies", PolicyShape)
GROUPS = Kind("group", "groups", "access/groups", GroupShape)
LISTS = Kind("list", "lists", "gateway/lists", ListShape)
KINDS = (POLICIES, GROUPS, LISTS)
