"""Rules about what an identity provider said: bound to it, for names mean nothing across providers.

Bound means both facts: the login was at that provider, and it said this.
"""

from typing import ClassVar, Literal

from msgspec import Struct

from shared.directory import attributes
from shared.directory.attributes import Term
from shared.policy.expression import Both, Expression, Holds, keyed
from shared.policy.rules.sight import User, Value, said


def _at(provider: str) -> Holds:
    return Holds((attributes.IDP, attributes.folded_label(provider)), attributes.HAS_IDP)


def _bound(provider: str, attribute: str, value: str, recorded: Term) -> Expression:
    return Both(_at(provider), Holds((attribute, value), recorded))


def _there(provider: str) -> str:
    return f" at the identity provider `{provider}`"


def _groups(user: User, called: Literal["id", "name", "email"]) -> Value:
    groups = user.login.groups
    if groups is None:
        return None
    return said(user, [name for each in groups if (name := getattr(each, called)) is not None])


def _claim(user: User, claims: dict[str, object] | None, name: str) -> Value:
    return None if claims is None else said(user, claims.get(name, []))


class AzureGroup(Struct, frozen=True, tag="azureAD"):
    """Members of an Entra group, by its object id."""

    missing: ClassVar[str] = "the identity provider or the groups of the login are not recorded"

    id: str
    provider: str

    def expression(self) -> Expression:
        """Unknown without recorded groups."""
        value = attributes.folded_label(self.id)
        return _bound(self.provider, attributes.GROUP_ID, value, attributes.HAS_GROUPS)

    def words(self) -> str:
        """Whom it is about."""
        return f"the Entra group `{self.id}`{_there(self.provider)}"

    def seen(self, user: User) -> Value:
        """What it looks at."""
        return _groups(user, "id")


class OktaGroup(Struct, frozen=True, tag="okta"):
    """Members of an Okta group, by its name."""

    missing: ClassVar[str] = "the identity provider or the groups of the login are not recorded"

    name: str
    provider: str

    def expression(self) -> Expression:
        """Unknown without recorded groups."""
        value = attributes.label(self.name)
        return _bound(self.provider, attributes.GROUP_NAME, value, attributes.HAS_GROUPS)

    def words(self) -> str:
        """Whom it is about."""
        return f"the Okta group `{self.name}`{_there(self.provider)}"

    def seen(self, user: User) -> Value:
        """What it looks at."""
        return _groups(user, "name")


class GoogleGroup(Struct, frozen=True, tag="gsuite"):
    """Members of a Google Workspace group, by its e-mail address."""

    missing: ClassVar[str] = "the identity provider or the groups of the login are not recorded"

    email: str
    provider: str

    def expression(self) -> Expression:
        """Unknown without recorded groups."""
        value = attributes.group_email_label(self.email)
        return _bound(self.provider, attributes.GROUP_EMAIL, value, attributes.HAS_GROUPS)

    def words(self) -> str:
        """Whom it is about."""
        return f"the Google group `{self.email}`{_there(self.provider)}"

    def seen(self, user: User) -> Value:
        """What it looks at."""
        return _groups(user, "email")


class GithubOrganization(Struct, frozen=True, tag="github-organization"):
    """Members of a GitHub organization, or of one team in it."""

    missing: ClassVar[str] = "the identity provider or the organizations of the login are not recorded"

    name: str
    team: str | None
    provider: str

    def expression(self) -> Expression:
        """Unknown without recorded organizations."""
        if self.team is None:
            attribute, value = attributes.ORGANIZATION, attributes.label(self.name)
        else:
            attribute, value = attributes.TEAM, attributes.label(self.name, self.team)
        return _bound(self.provider, attribute, value, attributes.HAS_ORGANIZATIONS)

    def words(self) -> str:
        """Whom it is about."""
        team = "" if self.team is None else f"the team `{self.team}` of "
        return f"{team}the GitHub organization `{self.name}`{_there(self.provider)}"

    def seen(self, user: User) -> Value:
        """What it looks at."""
        organizations = user.login.organizations
        if organizations is None:
            return None
        return said(user, [{"name": each.name, "teams": each.teams} for each in organizations])


class Saml(Struct, frozen=True, tag="saml"):
    """Users whose SAML attribute has, or has among others, this value."""

    missing: ClassVar[str] = "the identity provider of the login, or what it said, is not recorded"

    name: str
    value: str
    provider: str

    def expression(self) -> Expression:
        """Unknown without recorded attributes; a name missing among recorded ones is a no."""
        key = attributes.claim_digest(self.name, self.value)
        return Both(_at(self.provider), keyed(attributes.SAML, key, attributes.HAS_SAML))

    def words(self) -> str:
        """Whom it is about."""
        return f"the SAML attribute `{self.name}` with `{self.value}`{_there(self.provider)}"

    def seen(self, user: User) -> Value:
        """What it looks at."""
        return _claim(user, user.login.saml_attributes, self.name)


class Oidc(Struct, frozen=True, tag="oidc"):
    """Users whose OIDC claim has, or has among others, this value."""

    missing: ClassVar[str] = "the identity provider of the login, or what it said, is not recorded"

    name: str
    value: str
    provider: str

    def expression(self) -> Expression:
        """Unknown without recorded claims; a name missing among recorded ones is a no."""
        key = attributes.claim_digest(self.name, self.value)
        return Both(_at(self.provider), keyed(attributes.OIDC, key, attributes.HAS_OIDC))

    def words(self) -> str:
        """Whom it is about."""
        return f"the claim `{self.name}` with `{self.value}`{_there(self.provider)}"

    def seen(self, user: User) -> Value:
        """What it looks at."""
        return _claim(user, user.login.oidc_fields, self.name)


class AuthContext(Struct, frozen=True, tag="auth_context"):
    """Logins that satisfied an Entra authentication context."""

    missing: ClassVar[str] = "the identity provider of the login, or what it said, is not recorded"

    id: str
    ac_id: str
    provider: str

    def expression(self) -> Expression:
        """Unknown without recorded contexts."""
        value = attributes.label(self.id, self.ac_id)
        return _bound(self.provider, attributes.AUTH_CONTEXT, value, attributes.HAS_AUTH_CONTEXT)

    def words(self) -> str:
        """Whom it is about."""
        return f"the authentication context `{self.ac_id}`{_there(self.provider)}"

    def seen(self, user: User) -> Value:
        """What it looks at."""
        contexts = user.login.auth_context
        if contexts is None:
            return None
        return said(user, [each.ac_id for each in contexts if each.id == self.id])
