"""All kinds of rule as one closed type, and which of them an identity decides."""

from shared.policy.rules.device import Certificate, CommonName, DevicePosture
from shared.policy.rules.external import ExternalEvaluation
from shared.policy.rules.login import AccountMember, AuthMethod, LoginMethod, RiskScore
from shared.policy.rules.machine import AnyServiceToken, LinkedAppToken, ServiceToken
from shared.policy.rules.people import Email, EmailDomain, Everyone
from shared.policy.rules.place import Country, Ip
from shared.policy.rules.provider import (
    AuthContext,
    AzureGroup,
    GithubOrganization,
    GoogleGroup,
    Oidc,
    OktaGroup,
    Saml,
)
from shared.policy.rules.references import EmailList, Group, IpList

PersonRule = Email | EmailDomain | Everyone
ProviderRule = AzureGroup | OktaGroup | GoogleGroup | GithubOrganization | Saml | Oidc | AuthContext
LoginRule = LoginMethod | AuthMethod | RiskScore | AccountMember
PlaceRule = Ip | Country
DeviceRule = DevicePosture | Certificate | CommonName
MachineRule = ServiceToken | AnyServiceToken | LinkedAppToken
Reference = Group | EmailList | IpList

LookUp = PersonRule | ProviderRule | LoginRule | PlaceRule | DeviceRule | MachineRule | ExternalEvaluation
"""Rules that are an expression by themselves."""
Rule = LookUp | Reference

# Decided by a login; a policy that applies before login (bypass, non_identity) cannot have them.
NEEDS_LOGIN = (
    *(Email, EmailDomain, EmailList, ExternalEvaluation),
    *(AzureGroup, OktaGroup, GoogleGroup, GithubOrganization, Saml, Oidc, AuthContext),
    *(LoginMethod, AuthMethod, RiskScore, AccountMember),
)
