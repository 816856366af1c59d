"""How generated users are spread: tables that 16 random bits index, holding ready pieces of JSON."""

import functools
import itertools
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from services.cli import vocabulary as words

SIZE = 1 << 16
NAMESPACE = uuid.UUID("3d0f1b5e-6c1d-4f0c-8b0a-6a7e5d1c9f00")

# Letters that no decomposition turns into ASCII.
PLAIN = str.maketrans({"ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "ı": "i", "'": ""})  # noqa: RUF001  # a Turkish letter, meant

Value = TypeVar("Value")


class Name(NamedTuple):
    """Half a name: as `written`, and as part of an `address` (ASCII, lower case)."""

    written: str
    address: str


class Membership(NamedTuple):
    """One set of groups, as the members `groups` of a `directory` record and of an `identity`.

    Of an identity there is one for each provider, which report groups by name, by id, by address.
    `claims` are the openings of what a SAML and an OIDC provider say beside them, to be closed by a number.
    """

    directory: str
    identity: tuple[str, str, str]
    claims: tuple[str, str]


class Login(NamedTuple):
    """How somebody logs in: `idp` and `amr` as JSON; which groups and claims of a membership they get."""

    idp: str
    amr: str
    claim: int
    reports: int


class Tables(NamedTuple):
    """Everything that is drawn by 16 bits; each table has SIZE entries."""

    first: list[Name]
    last: list[Name]
    domain: list[str]
    membership: list[Membership]
    login: list[Login]
    country: list[str]
    posture: list[str]
    certificate: list[str]
    extra: list[str]


def spread(values: Sequence[Value], weights: Iterable[float]) -> list[Value]:
    """SIZE entries in which each value is as frequent as its weight says."""
    sums = list(itertools.accumulate(weights))
    ends = [round(SIZE * part / sums[-1]) for part in sums]
    sizes = (end - start for start, end in itertools.pairwise([0, *ends]))
    return [value for value, size in zip(values, sizes, strict=True) for _ in range(size)]


def zipf(count: int, exponent: float = 1.0) -> list[float]:
    """Weights of `count` ranks."""
    return [rank**-exponent for rank in range(1, count + 1)]


def member(key: str, value: object) -> str:
    """A JSON object's member after its first: `,"key":value`."""
    return f',"{key}":{msgspec.json.encode(value).decode()}'


def choices(key: str, shares: Iterable[tuple[object, float]]) -> list[str]:
    """A table of one optional member; the value None leaves it out."""
    pairs = [("" if value is None else member(key, value), share) for value, share in shares]
    return spread([text for text, _ in pairs], [share for _, share in pairs])


def address_part(word: str) -> str:
    """A name as people write it in e-mail addresses."""
    plain = unicodedata.normalize("NFKD", word.translate(PLAIN))
    return plain.encode("ascii", "ignore").decode().lower()


def names(written: Sequence[str]) -> list[Name]:
    """A table of names, each about as frequent as any other."""
    return spread([Name(word, address_part(word)) for word in written], itertools.repeat(1.0, len(written)))


def domains() -> list[str]:
    """A dozen large companies and a thousand small ones."""
    pairs = itertools.islice(itertools.product(words.ADJECTIVES, words.NOUNS), 1000)
    every = [*words.LARGE_DOMAINS, *(f"{adjective}-{noun}.example" for adjective, noun in pairs)]
    return spread(every, zipf(len(every)))


def teams() -> Iterator[tuple[str, float]]:
    """Every team's path and its share of the users who are in no team below it."""
    for department, large in zip(words.DEPARTMENTS, zipf(len(words.DEPARTMENTS)), strict=True):
        yield department, large * 0.2
        for team, middle in zip(words.TEAMS, zipf(len(words.TEAMS)), strict=True):
            yield f"{department}/{team}", large * middle * 0.15
            for crew, small in zip(words.CREWS, zipf(len(words.CREWS)), strict=True):
                yield f"{department}/{team}/{crew}", large * middle * small * 0.3


def crossings() -> Iterator[tuple[tuple[str, ...], float]]:
    """The groups across departments that somebody may be in, and how many are."""
    employees, contractors, *others = words.CROSSINGS
    yield (employees,), 0.74
    yield (contractors,), 0.14
    for group, share in zip(others, zipf(len(others)), strict=True):
        yield (employees, group), 0.12 * share / sum(zipf(len(others)))


def group(name: str) -> dict[str, str]:
    """A group with all that identity providers call it: Entra by id, Okta by name, Google by e-mail."""
    address = f"{name.replace('/', '-')}@groups.example"
    return {"id": str(uuid.uuid5(NAMESPACE, name)), "name": name, "email": address}


def memberships() -> list[Membership]:
    """A table of the groups that people are in: a team, all above it, and what crosses departments."""
    values, weights = [], []
    for (path, size), (across, share) in itertools.product(list(teams()), list(crossings())):
        held = [*itertools.accumulate(path.split("/"), "{}/{}".format), *across]
        department = held[0]
        saml = f',"saml_attributes":{{"dept":["{department}"],"employee_number":"E'
        oidc = f',"oidc_fields":{{"team":"{department}","badge":"B'
        named = [group(name) for name in held]
        by_name, by_id, by_email = (
            member("groups", [{key: each[key]} for each in named]) for key in ("name", "id", "email")
        )
        values.append(Membership(member("groups", held), (by_name, by_id, by_email), (saml, oidc)))
        weights.append(size * share)
    return spread(values, weights)


def logins() -> list[Login]:
    """A table of identity providers and ways to log in."""
    providers = ((words.IDP_OKTA, "okta", 0, 0, 0.6), (words.IDP_ENTRA, "azureAD", 0, 1, 0.25))
    google = (words.IDP_GOOGLE, "google-apps", 1, 2, 0.15)
    ways = ((["pwd", "mfa"], 0.5), (["pwd", "otp", "mfa"], 0.2), (["pwd"], 0.2), (["hwk", "mfa"], 0.1))
    values, weights = [], []
    for (uid, kind, claim, reports, many), (amr, share) in itertools.product((*providers, google), ways):
        idp = msgspec.json.encode({"id": uid, "type": kind}).decode()
        values.append(Login(f'"idp":{idp}', member("amr", amr), claim, reports))
        weights.append(many * share)
    return spread(values, weights)


def postures() -> list[str]:
    """A table of device checks; now and then a check, or all of them, was never run."""
    good, bad, both = {"success": True}, {"success": False}, (words.POSTURE_ENCRYPTION, words.POSTURE_SYSTEM)
    first, second = both
    shares: tuple[tuple[object, float], ...] = (
        ({first: good, second: good}, 0.68),
        ({first: good, second: bad}, 0.12),
        ({first: bad, second: good}, 0.05),
        ({first: bad, second: bad}, 0.03),
        ({first: good}, 0.08),
        ({}, 0.04),
    )
    return choices("devicePosture", shares)


def certificates() -> list[str]:
    """A table of client certificates; one that is presented ends open, for the common name to follow."""
    shown = {"cert_presented": True, "auth_status": "SUCCESS"}
    failed = {"cert_presented": True, "auth_status": "FAILED"}
    absent = {"cert_presented": False, "auth_status": "NONE"}
    table = choices("mtls_auth", ((shown, 0.35), (failed, 0.03), (absent, 0.58), (None, 0.04)))
    return [f'{text},"common_name":"' if "SUCCESS" in text else text for text in table]


def extras() -> list[str]:
    """A table of what few have beside a risk score: organizations, account memberships, contexts."""
    risks = (("low", 0.72), ("medium", 0.07), ("high", 0.02), (None, 0.19))
    rare = (
        ("", 0.82),
        (member("organizations", [{"name": "acme", "teams": ["core", "web"]}]), 0.06),
        (member("organizations", [{"name": "globex", "teams": []}]), 0.04),
        (member("account_ids", ["0f" * 16]), 0.04),
        (member("auth_context", [{"id": str(uuid.uuid5(NAMESPACE, "step up")), "ac_id": "c1"}]), 0.04),
    )
    values, weights = [], []
    for (risk, many), (text, share) in itertools.product(risks, rare):
        values.append(text if risk is None else member("risk_score", risk) + text)
        weights.append(many * share)
    return spread(values, weights)


@functools.cache
def tables() -> Tables:
    """The tables, built once."""
    geo = [{"country": code} for code in words.COUNTRIES]
    return Tables(
        first=names(words.FIRST_NAMES),
        last=names(words.LAST_NAMES),
        domain=domains(),
        membership=memberships(),
        login=logins(),
        country=choices("geo", zip(geo, zipf(len(geo), 1.1), strict=True)),
        posture=postures(),
        certificate=certificates(),
        extra=extras(),
    )
