"""Rules about what an identity provider said: bound to it, for names mean nothing across providers.

Bound means both facts: the login was at that provider, and it said this.
"""

from msgspec import Struct

from shared.directory import attributes
from shared.directory.attributes import Term
from shared.policy.expression import Both, Expression, Holds, keyed


def _at(provider: str) -> Holds:
    return Holds((attributes.IDP, attributes.folded_label(provider)), attributes.HAS_IDP)


def _bound(provider: str, attribute: str, value: str, recorded: Term) -> Expression:
    return Both(_at(provider), Holds((attribute, value), recorded))


class AzureGroup(Struct, frozen=True, tag="azureAD"):
    """Members of an Entra group, by its object id."""

    id: str
    provider: str

    def expression(self) -> Expression:
        """Unknown without recorded groups."""
        value = attributes.folded_label(self.id)
        return _bound(self.provider, attributes.GROUP_ID, value, attributes.HAS_GROUPS)


class OktaGroup(Struct, frozen=True, tag="okta"):
    """Members of an Okta group, by its name."""

    name: str
    provider: str

    def expression(self) -> Expression:
        """Unknown without recorded groups."""
        value = attributes.label(self.name)
        return _bound(self.provider, attributes.GROUP_NAME, value, attributes.HAS_GROUPS)


class GoogleGroup(Struct, frozen=True, tag="gsuite"):
    """Members of a Google Workspace group, by its e-mail address."""

    email: str
    provider: str

    def expression(self) -> Expression:
        """Unknown without recorded groups."""
        value = attributes.group_email_label(self.email)
        return _bound(self.provider, attributes.GROUP_EMAIL, value, attributes.HAS_GROUPS)


class GithubOrganization(Struct, frozen=True, tag="github-organization"):
    """Members of a GitHub organization, or of one team in it."""

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


class Saml(Struct, frozen=True, tag="saml"):
    """Users whose SAML attribute has, or has among others, this value."""

    name: str
    value: str
    provider: str

    def expression(self) -> Expression:
        """Unknown without recorded attributes; a name missing among recorded ones is a no."""
        key = attributes.claim_digest(self.name, self.value)
        return Both(_at(self.provider), keyed(attributes.SAML, key, attributes.HAS_SAML))


class Oidc(Struct, frozen=True, tag="oidc"):
    """Users whose OIDC claim has, or has among others, this value."""

    name: str
    value: str
    provider: str

    def expression(self) -> Expression:
        """Unknown without recorded claims; a name missing among recorded ones is a no."""
        key = attributes.claim_digest(self.name, self.value)
        return Both(_at(self.provider), keyed(attributes.OIDC, key, attributes.HAS_OIDC))


class AuthContext(Struct, frozen=True, tag="auth_context"):
    """Logins that satisfied an Entra authentication context."""

    id: str
    ac_id: str
    provider: str

    def expression(self) -> Expression:
        """Unknown without recorded contexts."""
        value = attributes.label(self.id, self.ac_id)
        return _bound(self.provider, attributes.AUTH_CONTEXT, value, attributes.HAS_AUTH_CONTEXT)
