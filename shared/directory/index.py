"""The inverted index of users in one segment: who holds which value of which attribute.

Building it is most of what an import costs, so values are gathered as they were given, and made into keys
once for each distinct value rather than once for each user.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator

from shared.directory import attributes
from shared.directory.attributes import Term
from shared.directory.columns import Item
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
}


class SegmentIndex:
    """Users of one segment, gathered by value."""

    def __init__(self) -> None:
        self._terms: defaultdict[Term, Positions] = defaultdict(list)
        self._values: dict[str, defaultdict[str, Positions]] = {name: defaultdict(list) for name in LABELS}
        self._pairs: dict[str, defaultdict[tuple[str, str], Positions]] = {
            name: defaultdict(list)
            for name in (attributes.TEAM, attributes.AUTH_CONTEXT, attributes.SAML, attributes.OIDC)
        }
        self._addresses: defaultdict[str, Positions] = defaultdict(list)
        self._names: defaultdict[str, Positions] = defaultdict(list)

    def add(self, position: int, address: str, identity: Identity | None) -> None:
        """Add the user at a position, by canonical e-mail address and identity."""
        self._terms[attributes.LIVE].append(position)
        self._values[attributes.EMAIL_DOMAIN][domain_of(address)].append(position)
        if identity is None:
            return
        self._terms[attributes.HAS_IDENTITY].append(position)
        self._values[attributes.RISK][identity.risk_score or attributes.UNSCORED].append(position)
        self._add_login(position, identity)
        self._add_groups(position, identity)
        self._add_place(position, identity)
        self._add_device(position, identity)
        if identity.saml_attributes is not None:
            self._terms[attributes.HAS_SAML].append(position)
            self._add_claims(position, identity.saml_attributes, self._pairs[attributes.SAML])
        if identity.oidc_fields is not None:
            self._terms[attributes.HAS_OIDC].append(position)
            self._add_claims(position, identity.oidc_fields, self._pairs[attributes.OIDC])

    def _add_login(self, position: int, identity: Identity) -> None:
        if identity.idp is not None and identity.idp.id is not None:
            self._terms[attributes.HAS_IDP].append(position)
            self._values[attributes.IDP][identity.idp.id].append(position)
        if identity.amr is not None:
            self._terms[attributes.HAS_AMR].append(position)
            for method in identity.amr:
                self._values[attributes.AMR][method].append(position)
        if identity.account_ids is not None:
            self._terms[attributes.HAS_MEMBER].append(position)
            for account in identity.account_ids:
                self._values[attributes.MEMBER][account].append(position)

    def _add_groups(self, position: int, identity: Identity) -> None:
        if identity.groups is not None:
            self._terms[attributes.HAS_GROUPS].append(position)
            ids, names, emails = (
                self._values[attributes.GROUP_ID],
                self._values[attributes.GROUP_NAME],
                self._values[attributes.GROUP_EMAIL],
            )
            for group in identity.groups:
                if group.id is not None:
                    ids[group.id].append(position)
                if group.name is not None:
                    names[group.name].append(position)
                if group.email is not None:
                    emails[group.email].append(position)
        if identity.organizations is not None or identity.auth_context is not None:
            self._add_memberships(position, identity)

    def _add_memberships(self, position: int, identity: Identity) -> None:
        if identity.organizations is not None:
            self._terms[attributes.HAS_ORGANIZATIONS].append(position)
            for organization in identity.organizations:
                self._values[attributes.ORGANIZATION][organization.name].append(position)
                for team in organization.teams or ():
                    self._pairs[attributes.TEAM][organization.name, team].append(position)
        if identity.auth_context is not None:
            self._terms[attributes.HAS_AUTH_CONTEXT].append(position)
            for context in identity.auth_context:
                self._pairs[attributes.AUTH_CONTEXT][context.id or "", context.ac_id or ""].append(position)

    def _add_place(self, position: int, identity: Identity) -> None:
        if identity.ip is not None:
            self._addresses[identity.ip].append(position)
        if identity.geo is not None and identity.geo.country is not None:
            self._terms[attributes.HAS_COUNTRY].append(position)
            self._values[attributes.COUNTRY][identity.geo.country].append(position)

    def _add_device(self, position: int, identity: Identity) -> None:
        if identity.posture is not None:
            self._terms[attributes.HAS_POSTURE].append(position)
            for uid, check in identity.posture.items():
                if check.success:
                    self._values[attributes.POSTURE][uid].append(position)
        if identity.mtls_auth is not None:
            self._terms[attributes.HAS_CERTIFICATE].append(position)
            if identity.mtls_auth.presented and identity.mtls_auth.auth_status == "SUCCESS":
                self._terms[attributes.CERTIFIED].append(position)
        if identity.common_name is not None:
            self._terms[attributes.HAS_COMMON_NAME].append(position)
            self._names[identity.common_name].append(position)

    @staticmethod
    def _add_claims(
        position: int, claims: dict[str, object], into: defaultdict[tuple[str, str], Positions]
    ) -> None:
        for name, claim in claims.items():
            if isinstance(claim, str):
                into[name, claim].append(position)
            else:
                for text in texts(claim):
                    into[name, text].append(position)

    def terms(self) -> dict[Term, Positions]:
        """Positions by term, for what is kept as bitmaps; a position may stand more than once."""
        found = defaultdict(list, {term: list(positions) for term, positions in self._terms.items()})
        for attribute, values in self._values.items():
            as_label = LABELS[attribute]
            for value, positions in values.items():
                found[attribute, as_label(value)] += positions
        for attribute in (attributes.TEAM, attributes.AUTH_CONTEXT):
            for pair, positions in self._pairs[attribute].items():
                found[attribute, attributes.label(*pair)] += positions
        for text, positions in self._addresses.items():
            if parse_address(text) is not None:
                found[attributes.HAS_ADDRESS] += positions
        return found

    def items(self) -> dict[Term, list[Item]]:
        """Keys with positions by bucket, for what is kept as columns."""
        found: defaultdict[Term, list[Item]] = defaultdict(list)
        for attribute, key, positions in self._keyed():
            found[attribute, attributes.bucket(key)] += [(key, position) for position in positions]
        return found

    def _keyed(self) -> Iterator[tuple[str, bytes, Positions]]:
        for text, positions in self._addresses.items():
            key = parse_address(text)
            if key is not None:
                yield attributes.address_attribute(key), key, positions
        for name, positions in self._names.items():
            yield attributes.COMMON_NAME, attributes.digest(name), positions
        for attribute in (attributes.SAML, attributes.OIDC):
            for pair, positions in self._pairs[attribute].items():
                yield attribute, attributes.digest(*pair), positions
