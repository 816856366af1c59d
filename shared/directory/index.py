"""The inverted index of users in one segment: who holds which value of which attribute.

Building it is most of what an import costs, so values are gathered as they were given, and made into keys
once for each distinct value rather than once for each user; but for columns, whose keys few users share.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from itertools import groupby

from shared.directory import attributes
from shared.directory.attributes import Term
from shared.directory.columns import Item, item
from shared.directory.email import domain_of
from shared.directory.identity import Identity, texts
from shared.directory.network import parse_address

Positions = list[int]


def _as_given(text: str) -> str:
    return attributes.label(text)


# How a value of each attribute becomes a key. Values are texts, or pairs of them (claims, teams, contexts).
LABELS: dict[str, Callable[[str], str]] = {
    attributes.EMAIL_DOMAIN: _as_given,
    attributes.IDP: attributes.folded_label,
    attributes.AMR: _as_given,
    attributes.MEMBER: attributes.folded_label,
    attributes.GROUP_ID: attributes.folded_label,
    attributes.GROUP_NAME: _as_given,
    attributes.GROUP_EMAIL: attributes.group_email_label,
    attributes.ORGANIZATION: _as_given,
    attributes.RISK: attributes.folded_label,
    attributes.COUNTRY: attributes.country_label,
    attributes.POSTURE: _as_given,
    attributes.MEMBERSHIP: attributes.membership_label,
}


_COLUMNS = sorted(attributes.COLUMNS)  # the same way in every process
# Claims whose keys are remembered: the first ones, among which are those that many users have.
CLAIMS_LIMIT = 1000

# What is looked at together of a login: the attributes that come of it, and the fields.
_GROUPS = (attributes.GROUP_ID, attributes.GROUP_NAME, attributes.GROUP_EMAIL), (attributes.HAS_GROUPS,)
_PLACES = (
    (attributes.ADDRESS_V4, attributes.ADDRESS_V6, attributes.COUNTRY),
    (attributes.HAS_ADDRESS, attributes.HAS_COUNTRY),
)
_DEVICES = (
    (attributes.POSTURE, attributes.CERTIFICATE, attributes.COMMON_NAME),
    (attributes.HAS_POSTURE, attributes.HAS_CERTIFICATE, attributes.HAS_COMMON_NAME),
)
_SAML, _OIDC = ((attributes.SAML,), (attributes.HAS_SAML,)), ((attributes.OIDC,), (attributes.HAS_OIDC,))

# What a user simply is or has, as bits: one look-up for all of it rather than one for each.
FLAGS = (
    *(attributes.LIVE, attributes.HAS_IDENTITY, attributes.HAS_IDP, attributes.HAS_AMR),
    *(attributes.HAS_MEMBER, attributes.HAS_GROUPS, attributes.HAS_ORGANIZATIONS),
    *(attributes.HAS_AUTH_CONTEXT, attributes.HAS_COUNTRY, attributes.HAS_POSTURE),
    *(attributes.HAS_CERTIFICATE, attributes.CERTIFIED, attributes.HAS_COMMON_NAME),
    *(attributes.HAS_SAML, attributes.HAS_OIDC, attributes.HAS_ADDRESS),
)
BITS = {term: 1 << number for number, term in enumerate(FLAGS)}
LIVE, IDENTITY = BITS[attributes.LIVE], BITS[attributes.HAS_IDENTITY]
IDP, AMR, MEMBER = BITS[attributes.HAS_IDP], BITS[attributes.HAS_AMR], BITS[attributes.HAS_MEMBER]
GROUPS, ORGANIZATIONS = BITS[attributes.HAS_GROUPS], BITS[attributes.HAS_ORGANIZATIONS]
CONTEXT, COUNTRY = BITS[attributes.HAS_AUTH_CONTEXT], BITS[attributes.HAS_COUNTRY]
POSTURE, NAME = BITS[attributes.HAS_POSTURE], BITS[attributes.HAS_COMMON_NAME]
ADDRESS = BITS[attributes.HAS_ADDRESS]
CERTIFICATE, CERTIFIED = BITS[attributes.HAS_CERTIFICATE], BITS[attributes.CERTIFIED]
SAML, OIDC = BITS[attributes.HAS_SAML], BITS[attributes.HAS_OIDC]


class SegmentIndex:
    """Users of one segment, gathered by value."""

    def __init__(self, wanted: frozenset[Term] | None = None) -> None:
        """`wanted` are the terms that will be asked for, None for all: few cost less."""
        self._wanted = wanted
        self._reads_groups, self._reads_places = self._reads(*_GROUPS), self._reads(*_PLACES)
        self._reads_devices = self._reads(*_DEVICES)
        self._reads_saml, self._reads_oidc = self._reads(*_SAML), self._reads(*_OIDC)
        self._flags: defaultdict[int, Positions] = defaultdict(list)
        self._values: dict[str, defaultdict[str, Positions]] = {name: defaultdict(list) for name in LABELS}
        self._pairs: dict[str, defaultdict[tuple[str, str], Positions]] = {
            name: defaultdict(list) for name in (attributes.TEAM, attributes.AUTH_CONTEXT)
        }
        self._columns: dict[str, list[Item]] = {name: [] for name in _COLUMNS}
        self._claims: dict[tuple[str, str], bytes] = {}
        # Each by a name of its own: it is asked for once for each user.
        values, pairs = self._values, self._pairs
        self._domains, self._risks = values[attributes.EMAIL_DOMAIN], values[attributes.RISK]
        self._providers, self._methods = values[attributes.IDP], values[attributes.AMR]
        self._accounts, self._organizations = values[attributes.MEMBER], values[attributes.ORGANIZATION]
        self._group_ids, self._group_names = values[attributes.GROUP_ID], values[attributes.GROUP_NAME]
        self._group_emails, self._memberships = values[attributes.GROUP_EMAIL], values[attributes.MEMBERSHIP]
        self._countries, self._checks = values[attributes.COUNTRY], values[attributes.POSTURE]
        self._teams, self._contexts = pairs[attributes.TEAM], pairs[attributes.AUTH_CONTEXT]

    def _reads(self, some: Collection[str], recorded: Collection[Term]) -> bool:
        """Whether any of some attributes is wanted, or whether any of some fields is recorded."""
        wanted = self._wanted
        return wanted is None or any(term in recorded or term[0] in some for term in wanted)

    def add(self, position: int, address: str, identity: Identity | None, groups: Iterable[str]) -> None:
        """Add the user at a position, by canonical e-mail address, identity and groups of the directory."""
        self._domains[domain_of(address)].append(position)
        for name in groups:
            self._memberships[name].append(position)
        if identity is None:
            self._flags[LIVE].append(position)
            return
        self._risks[identity.risk_score or attributes.UNSCORED].append(position)
        flags = LIVE | IDENTITY
        flags |= self._add_login(position, identity)
        if self._reads_groups:
            flags |= self._add_groups(position, identity)
        if self._reads_places:
            flags |= self._add_place(position, identity)
        if self._reads_devices:
            flags |= self._add_device(position, identity)
        if identity.organizations is not None or identity.auth_context is not None:
            flags |= self._add_memberships(position, identity)
        if self._reads_saml and identity.saml_attributes is not None:
            flags |= SAML
            self._add_claims(position, identity.saml_attributes, attributes.SAML)
        if self._reads_oidc and identity.oidc_fields is not None:
            flags |= OIDC
            self._add_claims(position, identity.oidc_fields, attributes.OIDC)
        self._flags[flags].append(position)

    def _add_login(self, position: int, identity: Identity) -> int:
        flags = 0
        if identity.idp is not None and identity.idp.id is not None:
            flags |= IDP
            self._providers[identity.idp.id].append(position)
        if identity.amr is not None:
            flags |= AMR
            for method in identity.amr:
                self._methods[method].append(position)
        if identity.account_ids is not None:
            flags |= MEMBER
            for account in identity.account_ids:
                self._accounts[account].append(position)
        return flags

    def _add_groups(self, position: int, identity: Identity) -> int:
        if identity.groups is None:
            return 0
        ids, names, emails = self._group_ids, self._group_names, self._group_emails
        for group in identity.groups:
            if group.id is not None:
                ids[group.id].append(position)
            if group.name is not None:
                names[group.name].append(position)
            if group.email is not None:
                emails[group.email].append(position)
        return GROUPS

    def _add_memberships(self, position: int, identity: Identity) -> int:
        flags = 0
        if identity.organizations is not None:
            flags |= ORGANIZATIONS
            for organization in identity.organizations:
                self._organizations[organization.name].append(position)
                for team in organization.teams or ():
                    self._teams[organization.name, team].append(position)
        if identity.auth_context is not None:
            flags |= CONTEXT
            for context in identity.auth_context:
                if context.id is not None and context.ac_id is not None:
                    self._contexts[context.id, context.ac_id].append(position)
        return flags

    def _add_place(self, position: int, identity: Identity) -> int:
        flags = 0
        if identity.ip is not None and (key := parse_address(identity.ip)) is not None:
            flags |= ADDRESS
            self._columns[attributes.address_attribute(key)].append(item(key, position))
        if identity.geo is not None and identity.geo.country is not None:
            flags |= COUNTRY
            self._countries[identity.geo.country].append(position)
        return flags

    def _add_device(self, position: int, identity: Identity) -> int:
        flags = 0
        if identity.posture is not None:
            flags |= POSTURE
            for uid, check in identity.posture.items():
                if check.success:
                    self._checks[uid].append(position)
        if identity.mtls_auth is not None:
            valid = identity.mtls_auth.presented and identity.mtls_auth.auth_status == "SUCCESS"
            flags |= CERTIFICATE | CERTIFIED if valid else CERTIFICATE
        if identity.common_name is not None:
            flags |= NAME
            key = attributes.digest(identity.common_name)
            self._columns[attributes.COMMON_NAME].append(item(key, position))
        return flags

    def _add_claims(self, position: int, claims: dict[str, object], attribute: str) -> None:
        into, keys = self._columns[attribute], self._claims
        for name, claim in claims.items():
            for text in (claim,) if isinstance(claim, str) else texts(claim):
                key = keys.get((name, text))
                if key is None:
                    key = attributes.claim_digest(name, text)
                    if len(keys) < CLAIMS_LIMIT:
                        keys[name, text] = key
                into.append(item(key, position))

    def groups(self) -> Collection[str]:
        """The names of groups in users' records."""
        return self._memberships.keys()

    def terms(self) -> dict[Term, Positions]:
        """Positions by term, for what is kept as bitmaps; a position may stand more than once."""
        found: defaultdict[Term, Positions] = defaultdict(list)
        for flags, positions in self._flags.items():
            for term, bit in BITS.items():
                if flags & bit:
                    found[term] += positions
        for attribute, values in self._values.items():
            as_label = LABELS[attribute]
            for value, positions in values.items():
                found[attribute, as_label(value)] += positions
        for attribute in (attributes.TEAM, attributes.AUTH_CONTEXT):
            for pair, positions in self._pairs[attribute].items():
                found[attribute, attributes.label(*pair)] += positions
        return found

    def items(self) -> dict[Term, list[Item]]:
        """Keys with positions by bucket and in order, for what is kept as columns."""
        found: dict[Term, list[Item]] = {}
        for attribute, held in self._columns.items():
            for bucket, some in groupby(sorted(dict.fromkeys(held)), key=attributes.bucket):
                term = attribute, bucket
                if self._wanted is None or term in self._wanted:
                    found[term] = list(some)
        return found
