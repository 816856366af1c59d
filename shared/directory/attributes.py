"""What a user is indexed by, and how values are written as keys.

An attribute is kept as bitmaps, one for each value, or as columns: sorted keys with positions, for what is
asked by range (addresses) or nearly unique per user (claims). A column is cut into buckets by the first byte
of its keys, so that a look-up reads a part of it.
"""

from hashlib import blake2b, sha256

from shared.directory.email import canonical_email
from shared.directory.errors import Refused

Term = tuple[str, str]
"""An attribute and a value of it; of a column, the bucket."""

# Kept as bitmaps.
EMAIL_DOMAIN = "email_domain"
IDP = "idp"
GROUP_ID = "group_id"
GROUP_NAME = "group_name"
GROUP_EMAIL = "group_email"
AMR = "amr"
ORGANIZATION = "organization"
TEAM = "team"
AUTH_CONTEXT = "auth_context"
RISK = "risk"
MEMBER = "member"
COUNTRY = "country"
POSTURE = "posture"
MEMBERSHIP = "membership"  # of groups of the directory, by name; not those that a login reported
CERTIFICATE = "certificate"
RECORDED = "recorded"
# Kept as columns.
ADDRESS_V4 = "address_v4"
ADDRESS_V6 = "address_v6"
COMMON_NAME = "common_name"
SAML = "saml"
OIDC = "oidc"
COLUMNS = frozenset({ADDRESS_V4, ADDRESS_V6, COMMON_NAME, SAML, OIDC})

# The fields of an identity that may be absent: RECORDED has a posting for each.
HAS_IDENTITY: Term = (RECORDED, "identity")
HAS_IDP: Term = (RECORDED, "idp")
HAS_GROUPS: Term = (RECORDED, "groups")
HAS_AMR: Term = (RECORDED, "amr")
HAS_ADDRESS: Term = (RECORDED, "ip")
HAS_COUNTRY: Term = (RECORDED, "country")
HAS_POSTURE: Term = (RECORDED, "posture")
HAS_CERTIFICATE: Term = (RECORDED, "mtls_auth")
HAS_COMMON_NAME: Term = (RECORDED, "common_name")
HAS_SAML: Term = (RECORDED, "saml_attributes")
HAS_OIDC: Term = (RECORDED, "oidc_fields")
HAS_ORGANIZATIONS: Term = (RECORDED, "organizations")
HAS_AUTH_CONTEXT: Term = (RECORDED, "auth_context")
HAS_MEMBER: Term = (RECORDED, "account_ids")

LIVE: Term = ("live", "")
CERTIFIED: Term = (CERTIFICATE, "")
UNSCORED = "unscored"

LABEL_LIMIT = 120
V4_BYTES = 4


def _joined(parts: tuple[str, ...]) -> str:
    """Several texts as one, unambiguously; one text as it is."""
    *heads, last = parts
    return "".join(f"{len(head)}:{head}" for head in heads) + last


def label(*parts: str) -> str:
    """The value that one or more texts are indexed under: short enough for a key of an index."""
    whole = _joined(parts)
    if len(whole) > LABEL_LIMIT or whole.startswith("#") or "\0" in whole:
        return "#" + blake2b(whole.encode(), digest_size=16).hexdigest()
    return whole


def membership_label(name: str) -> str:
    """The value of a group of the directory. A migration makes the same, by a digest that PostgreSQL has."""
    if len(name) > LABEL_LIMIT or name.startswith("#"):
        return "#" + sha256(name.encode()).hexdigest()[:32]
    return name


def digest(text: str) -> bytes:
    """The key of a column of nearly unique texts: 128 bits of the hash."""
    return blake2b(text.encode(), digest_size=16).digest()


def claim_digest(name: str, value: str) -> bytes:
    """The key of a claim's value."""
    return blake2b(f"{len(name)}:{name}{value}".encode(), digest_size=16).digest()


BUCKETS = tuple(f"{first:02x}" for first in range(256))


def bucket(key: bytes) -> str:
    """The part of a column where a key lies."""
    return BUCKETS[key[0]]


def folded_label(text: str) -> str:
    """The value of a text whose case does not count: UUIDs, risk levels."""
    return label(text.lower())


def country_label(text: str) -> str:
    """The value of a country code."""
    return label(text.upper())


def group_email_label(text: str) -> str:
    """The value of a group's e-mail address, compared as users' addresses are."""
    try:
        return label(canonical_email(text))
    except Refused:
        return label(text.casefold())


def address_attribute(key: bytes) -> str:
    """The column of an address's family."""
    return ADDRESS_V4 if len(key) == V4_BYTES else ADDRESS_V6
