"""Access rules on the wire: objects with exactly one key, which says the kind.

Each kind has a struct for the object under its key, and a way from that to the domain's rule. Unknown fields
in it are refused: a misspelt `team` that were ignored would let the whole organization in.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct, convert

from shared.directory.email import canonical_domain, canonical_email
from shared.directory.errors import Refused
from shared.directory.network import parse_network
from shared.policy.rules import device, external, login, machine, people, place, provider, references
from shared.policy.rules.kinds import Rule
from shared.wire.cloudflare.countries import CODES
from shared.wire.faults import Fault, Faulty, child, from_validation

# What is described to clients, and checked by the way to the domain, which says more of what is wrong.
Address = Annotated[str, Meta(extra_json_schema={"format": "idn-email"})]
Domain = Annotated[str, Meta(extra_json_schema={"minLength": 1, "examples": ["acme.example"]})]
Country = Annotated[str, Meta(extra_json_schema={"pattern": "^[A-Za-z]{2}$", "examples": ["DE"]})]
Network = Annotated[str, Meta(extra_json_schema={"examples": ["203.0.113.0/24", "2001:db8::7"]})]
KeptId = Annotated[str, Meta(extra_json_schema={"format": "uuid"})]
Level = Literal["low", "medium", "high", "unscored"]
Levels = Annotated[list[Level], Meta(extra_json_schema={"minItems": 1})]


class Wire(Struct, forbid_unknown_fields=True):
    """What stands under a rule's key."""


class Nothing(Wire):
    """An empty object."""


class ById(Wire):
    """Something with an id."""

    id: str


class KeptObject(Wire):
    """Something that the account keeps, by its id."""

    id: KeptId


class EmailObject(Wire):
    """An e-mail address."""

    email: Address


class DomainObject(Wire):
    """A domain, perhaps with a leading `@`."""

    domain: Domain


class AzureObject(Wire):
    """An Entra group."""

    id: str
    identity_provider_id: str


class OktaObject(Wire):
    """An Okta group."""

    name: str
    identity_provider_id: str


class GsuiteObject(Wire):
    """A Google Workspace group."""

    email: str
    identity_provider_id: str


class GithubObject(Wire):
    """A GitHub organization, perhaps a team of it."""

    name: str
    identity_provider_id: str
    team: str | None = None


class SamlObject(Wire):
    """A SAML attribute."""

    attribute_name: str
    attribute_value: str
    identity_provider_id: str


class OidcObject(Wire):
    """An OIDC claim."""

    claim_name: str
    claim_value: str
    identity_provider_id: str


class AuthMethodObject(Wire):
    """A method of RFC 8176."""

    auth_method: str


class AuthContextObject(Wire):
    """An Entra authentication context."""

    id: str
    ac_id: str
    identity_provider_id: str


class RiskObject(Wire):
    """Risk levels."""

    user_risk_score: Levels


class MemberObject(Wire):
    """A Cloudflare account; without one, the account that is asked."""

    account_id: str | None = None


class IpObject(Wire):
    """A network or an address."""

    ip: Network


class GeoObject(Wire):
    """A country."""

    country_code: Country


class PostureObject(Wire):
    """A device posture check; whose account it is changes nothing."""

    integration_uid: str
    account_id: str | None = None


class CommonNameObject(Wire):
    """A certificate's common name."""

    common_name: str


class ServiceTokenObject(Wire):
    """A service token."""

    token_id: str


class LinkedAppObject(Wire):
    """A linked application."""

    app_uid: str


class ExternalObject(Wire):
    """A customer's service."""

    evaluate_url: str
    keys_url: str


class Kind(NamedTuple):
    """One kind of rule: the struct under its key, the rule it makes, the field to blame for a bad value."""

    struct: type[Wire]
    make: Callable[[Any, str], Rule]
    blame: str | None = None


def _network(text: str) -> place.Ip:
    parse_network(text)
    return place.Ip(text)


def _country(code: str) -> place.Country:
    if code.upper() not in CODES:
        raise Refused(f"`{code[:16]}` is no country code of ISO 3166-1 alpha-2")
    return place.Country(code.upper())


def _risk(levels: list[str]) -> login.RiskScore:
    if not levels:
        raise Refused("give at least one risk level: `low`, `medium`, `high`, `unscored`")
    return login.RiskScore(tuple(levels))


# Each `make` gets the object and the account that is asked.
KINDS: dict[str, Kind] = {
    "everyone": Kind(Nothing, lambda _, __: people.Everyone()),
    "email": Kind(EmailObject, lambda w, _: people.Email(canonical_email(w.email)), "email"),
    "email_domain": Kind(DomainObject, lambda w, _: people.EmailDomain(canonical_domain(w.domain)), "domain"),
    "email_list": Kind(KeptObject, lambda w, _: references.EmailList(w.id)),
    "group": Kind(KeptObject, lambda w, _: references.Group(w.id)),
    "ip_list": Kind(KeptObject, lambda w, _: references.IpList(w.id)),
    "azureAD": Kind(AzureObject, lambda w, _: provider.AzureGroup(w.id, w.identity_provider_id)),
    "okta": Kind(OktaObject, lambda w, _: provider.OktaGroup(w.name, w.identity_provider_id)),
    "gsuite": Kind(GsuiteObject, lambda w, _: provider.GoogleGroup(w.email, w.identity_provider_id)),
    "github-organization": Kind(
        GithubObject, lambda w, _: provider.GithubOrganization(w.name, w.team, w.identity_provider_id)
    ),
    "saml": Kind(
        SamlObject, lambda w, _: provider.Saml(w.attribute_name, w.attribute_value, w.identity_provider_id)
    ),
    "oidc": Kind(OidcObject, lambda w, _: provider.Oidc(w.claim_name, w.claim_value, w.identity_provider_id)),
    "auth_context": Kind(
        AuthContextObject, lambda w, _: provider.AuthContext(w.id, w.ac_id, w.identity_provider_id)
    ),
    "login_method": Kind(ById, lambda w, _: login.LoginMethod(w.id)),
    "auth_method": Kind(AuthMethodObject, lambda w, _: login.AuthMethod(w.auth_method)),
    "user_risk_score": Kind(RiskObject, lambda w, _: _risk(w.user_risk_score), "user_risk_score"),
    "cloudflare_account_member": Kind(
        MemberObject, lambda w, account: login.AccountMember(w.account_id or account)
    ),
    "ip": Kind(IpObject, lambda w, _: _network(w.ip), "ip"),
    "geo": Kind(GeoObject, lambda w, _: _country(w.country_code), "country_code"),
    "device_posture": Kind(PostureObject, lambda w, _: device.DevicePosture(w.integration_uid)),
    "certificate": Kind(Nothing, lambda _, __: device.Certificate()),
    "common_name": Kind(CommonNameObject, lambda w, _: device.CommonName(w.common_name)),
    "service_token": Kind(ServiceTokenObject, lambda w, _: machine.ServiceToken(w.token_id)),
    "any_valid_service_token": Kind(Nothing, lambda _, __: machine.AnyServiceToken()),
    "linked_app_token": Kind(LinkedAppObject, lambda w, _: machine.LinkedAppToken(w.app_uid)),
    "external_evaluation": Kind(
        ExternalObject, lambda w, _: external.ExternalEvaluation(w.evaluate_url, w.keys_url)
    ),
}


def to_rule(given: object, pointer: str, account: str) -> Rule:
    """One rule; raises Faulty with a pointer into it."""
    if not isinstance(given, dict) or len(given) != 1:
        what = f"{len(given)} keys" if isinstance(given, dict) else f"`{type(given).__name__}`"
        raise Faulty(Fault(f"a rule is an object with exactly one key, this has {what}", pointer))
    ((key, value),) = given.items()
    kind = KINDS.get(key)
    if kind is None:
        raise Faulty(Fault(f"unknown rule type: `{key[:64]}`", child(pointer, key)))
    pointer = child(pointer, key)
    try:
        return kind.make(convert(value, kind.struct, strict=True), account)
    except msgspec.ValidationError as error:
        raise Faulty(from_validation(error, pointer)) from None
    except Refused as refusal:
        raise Faulty(Fault(str(refusal), child(pointer, kind.blame or key))) from None
