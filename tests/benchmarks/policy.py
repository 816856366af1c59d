"""The policy that is tested, in each of the forms that it is measured in. All of them mean the same.

Whoever is of two domains or in engineering (as Okta says), is none of fifty persons, logged in from neither
of two countries, from the office or a home network, with a second factor. A policy's requirements must all
hold, so the two networks make it two policies.
"""

import json
from collections.abc import Sequence

from services.cli.vocabulary import IDP_OKTA

DOMAINS = ("globex.example", "initech.example")
GROUP = "engineering"
COUNTRIES = ("KP", "IR")
NETWORKS = ("10.0.0.0/8", "192.168.0.0/16")
METHOD = "mfa"
EXCLUDED = 50


def cloudflare(emails: Sequence[str]) -> bytes:
    """The body of a request."""
    include = [{"email_domain": {"domain": domain}} for domain in DOMAINS]
    exclude = [{"email": {"email": email}} for email in emails]
    return json.dumps(
        {
            "policies": [
                {
                    "name": f"From {network}",
                    "decision": "allow",
                    "include": [*include, {"okta": {"name": GROUP, "identity_provider_id": IDP_OKTA}}],
                    "exclude": [*exclude, *({"geo": {"country_code": code}} for code in COUNTRIES)],
                    "require": [{"ip": {"ip": network}}, {"auth_method": {"auth_method": METHOD}}],
                }
                for network in NETWORKS
            ]
        }
    ).encode()


def _words(values: Sequence[str]) -> str:
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)


def sql(emails: Sequence[str]) -> str:
    """An expression over the flat table; SQL's own logic has three values."""
    networks = " OR ".join(f"ip <<= '{network}'" for network in NETWORKS)
    return (
        f"(domain IN ({_words(DOMAINS)}) OR (idp = '{IDP_OKTA}' AND '{GROUP}' = ANY(groups)))"
        f" AND NOT (email IN ({_words(emails)}) OR country IN ({_words(COUNTRIES)}))"
        f" AND ({networks}) AND '{METHOD}' = ANY(amr)"
    )
