"""A user's last-seen login, with the names that Cloudflare's `last_seen_identity` gives its fields.

Every field may be absent, and absent is not empty: `groups: []` says that the user is in no group, no
`groups` says that nobody knows. Fields not listed here are kept with the user and mean nothing to a rule.
"""

from typing import Any

import msgspec
from msgspec import Struct


# gc=False: a million of these are made in a minute, and none can be part of a cycle.
class Idp(Struct, frozen=True, gc=False):
    """The identity provider of the login."""

    id: str | None = None
    type: str | None = None


class Group(Struct, frozen=True, gc=False):
    """A group as the identity provider reported it: Entra by id, Okta by name, Google by e-mail."""

    id: str | None = None
    name: str | None = None
    email: str | None = None


class Organization(Struct, frozen=True, gc=False):
    """A GitHub organization and the teams in it."""

    name: str
    teams: list[str] | None = None


class AuthContext(Struct, frozen=True, gc=False):
    """An Entra authentication context that the login satisfied."""

    id: str | None = None
    ac_id: str | None = None


class Geo(Struct, frozen=True, gc=False):
    """Where the address is: ISO 3166 alpha-2."""

    country: str | None = None


class Posture(Struct, frozen=True, gc=False):
    """The last result of one device posture check."""

    success: bool | None = None


class MutualTls(Struct, frozen=True, gc=False, rename={"presented": "cert_presented"}):
    """The client certificate of the login; it counts when `auth_status` is `SUCCESS`."""

    presented: bool | None = None
    auth_status: str | None = None


class Identity(Struct, frozen=True, gc=False, rename={"posture": "devicePosture"}):
    """What the last login said; see the module."""

    idp: Idp | None = None
    groups: list[Group] | None = None
    amr: list[str] | None = None
    ip: str | None = None
    geo: Geo | None = None
    posture: dict[str, Posture] | None = None
    mtls_auth: MutualTls | None = None
    common_name: str | None = None
    saml_attributes: dict[str, Any] | None = None
    oidc_fields: dict[str, Any] | None = None
    organizations: list[Organization] | None = None
    auth_context: list[AuthContext] | None = None
    account_ids: list[str] | None = None
    risk_score: str | None = None


decode = msgspec.json.Decoder(Identity).decode
"""An identity from its JSON; raises msgspec.ValidationError with the path of what does not fit."""


def texts(claim: object) -> list[str]:
    """What a SAML attribute or OIDC claim can be compared with: its text, or those of its members.

    Numbers and truth values are compared by their JSON text; nested values cannot be compared.
    """
    members = claim if isinstance(claim, list) else [claim]
    return [text for member in members if (text := _text(member)) is not None]


def _text(member: object) -> str | None:
    if isinstance(member, str):
        return member
    if isinstance(member, bool | int | float):
        return msgspec.json.encode(member).decode()
    return None
