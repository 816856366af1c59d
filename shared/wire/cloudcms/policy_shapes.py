"""Policies, who holds them and what they are made of, as clients are told of them."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from shared.wire.cloudcms.shapes import Kept, Open
from shared.wire.cloudcms.templates import NeededRole, Parameter

Role = Annotated[str, Meta(min_length=1, max_length=64)]
Scope = Literal["platform", "project"]


class ConditionObject(Struct, frozen=True):
    """A condition: `GET /access/conditions` has the types, and what the `config` of each is."""

    type: str
    config: dict[str, Any] | UnsetType | None = UNSET


class StatementObject(Struct, frozen=True):
    """Roles that are granted or revoked where all conditions hold; without any, everywhere."""

    action: Literal["grant", "revoke"]
    roles: Annotated[list[Role], Meta(min_length=1, max_length=64)]
    description: str | UnsetType | None = UNSET
    conditions: list[ConditionObject] | UnsetType | None = UNSET


class AccessPolicyObject(Open, kw_only=True, frozen=True):
    """A policy as clients send it. Those of a higher order count later, and so win."""

    key: str | UnsetType | None = UNSET
    scope: Scope | UnsetType | None = UNSET
    order: int | float | str | UnsetType | None = UNSET
    statements: list[StatementObject] | UnsetType | None = UNSET


class AccessPolicyDocument(Kept, kw_only=True, frozen=True):
    """A policy. `system` is on those that every account has."""

    key: str | UnsetType | None = UNSET
    scope: Scope | UnsetType | None = UNSET
    order: int | float | str | UnsetType | None = UNSET
    statements: list[StatementObject] | UnsetType | None = UNSET
    system: bool | UnsetType = UNSET


class TargetRow(Struct, frozen=True):
    """Whoever holds a policy: a user or group has a name, a team a title, for as long as it exists."""

    id: str = field(name="_doc")
    type: Literal["user", "group", "team"]
    ref: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    title: str | UnsetType = UNSET


class TemplateDocument(Struct, frozen=True):
    """A policy to start from: `policy` has `${name}` in it where a parameter is to be."""

    id: str = field(name="_doc")
    key: str
    title: str
    description: str
    policy: dict[str, Any]
    parameters: tuple[Parameter, ...]
    roles: tuple[NeededRole, ...]


class FillObject(Struct, frozen=True):
    """What to put in the place of a template's parameters."""

    parameters: dict[str, str] = {}


class Filled(Struct, frozen=True):
    """A template made into a policy, with its id if it was created."""

    policy: dict[str, Any]
    id: str | UnsetType = field(name="_doc", default=UNSET)
    ok: bool = True


class ConditionKind(Struct, frozen=True):
    """A type of condition, and the JSON Schema of its `config`; `aliases` are older names."""

    id: str = field(name="_doc")
    type: str
    title: str
    description: str
    schema: dict[str, Any]
    aliases: tuple[str, ...]
