"""Domains, users and groups, and who is in what, as clients are told of them."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType, field

from shared.wire.cloudcms.shapes import Kept, Loose, Open

Kind = Literal["USER", "GROUP"]


class DomainDocument(Struct, frozen=True):
    """The one domain of an account."""

    id: str = field(name="_doc")
    type: Literal["domain"]
    title: str
    primary: bool


class PrincipalObject(Open, kw_only=True, frozen=True, rename="camel"):
    """A user or a group as clients send one. What it is, and a group's name, stay."""

    type: str | UnsetType = UNSET
    name: str | UnsetType | None = UNSET
    email: str | UnsetType | None = UNSET
    password: str | UnsetType | None = UNSET
    first_name: str | UnsetType | None = UNSET
    last_name: str | UnsetType | None = UNSET


class PrincipalDocument(Kept, kw_only=True, frozen=True):
    """A user or a group. `email` is there where it is known."""

    type: Kind
    name: str
    email: str | UnsetType | None = UNSET
    domain: str = field(name="domainId")
    qualified_id: str = field(name="domainQualifiedId")
    qualified_name: str = field(name="domainQualifiedName")


class PasswordObject(Struct, frozen=True, rename="camel"):
    """Another password, and if it is there the same once more."""

    password: str
    verify_password: str | UnsetType | None = UNSET


class MembershipCheck(Loose, kw_only=True, frozen=True, rename="camel"):
    """Somebody and a group; `indirect` asks for groups that are in it too."""

    principal_id: str
    group_id: str
    indirect: bool | UnsetType | None = UNSET


class MembershipChecks(Struct, frozen=True):
    """What is asked."""

    checks: list[MembershipCheck]


class MembershipChecked(MembershipCheck, kw_only=True, frozen=True, rename="camel"):
    """The same with its answer."""

    result: bool


class MembershipsChecked(Struct, frozen=True):
    """What is answered, in the order of the checks, twice: some clients read the one, some the other."""

    checks: list[MembershipChecked]
    results: list[MembershipChecked]
