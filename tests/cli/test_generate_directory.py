import ipaddress
import json
import uuid
from collections import Counter
from itertools import chain

import pytest

from services.cli import population, vocabulary
from services.cli.generate_directory import lines
from shared.directory.merge import Rejection
from shared.wire.directory.records import ndjson_records

COUNT = 20_000


@pytest.fixture(scope="module")
def people() -> list[dict]:
    return [json.loads(line) for line in lines(COUNT, 7)]


@pytest.fixture(scope="module")
def identities(people: list[dict]) -> list[dict]:
    return [person["identity"] for person in people if "identity" in person]


def test_a_seed_gives_the_same_bytes_each_time():
    assert b"".join(lines(3000, 7)) == b"".join(lines(3000, 7))
    assert next(lines(1, 7)) != next(lines(1, 8))


def test_a_larger_directory_begins_with_the_smaller_one():
    assert list(lines(1500, 7)) == list(lines(3000, 7))[:1500]


def test_every_line_ends_and_none_is_empty():
    assert all(line.endswith(b"}\n") and line.count(b"\n") == 1 for line in lines(2000, 7))
    assert list(lines(0, 7)) == []


def test_nobody_has_the_id_or_address_of_another(people: list[dict]):
    assert len({person["id"] for person in people}) == COUNT
    assert len({person["email"].casefold() for person in people}) == COUNT
    assert all(uuid.UUID(person["id"]).version == 4 for person in people)


def test_addresses_are_ascii_before_the_at_sign(people: list[dict]):
    assert all(person["email"].split("@")[0].isascii() for person in people)
    assert not all(person["name"].isascii() for person in people)


def test_few_companies_are_large_and_many_small(people: list[dict]):
    sizes = Counter(person["email"].split("@")[1] for person in people)
    assert sizes.most_common(1)[0][0] == "acme.example"
    assert sizes["acme.example"] > COUNT / 10
    assert len(sizes) > 600


def test_about_three_in_a_hundred_were_never_seen(people: list[dict]):
    unseen = sum("identity" not in person for person in people)
    assert 0.025 < unseen / COUNT < 0.035


@pytest.mark.parametrize("fact", ["groups", "amr", "ip", "geo", "devicePosture"])
def test_some_identities_lack_a_fact(identities: list[dict], fact: str):
    lacking = sum(fact not in identity for identity in identities)
    assert 0 < lacking / COUNT < 0.01


def test_identities_come_from_three_providers(identities: list[dict]):
    providers = {identity["idp"]["id"] for identity in identities}
    assert providers == {vocabulary.IDP_OKTA, vocabulary.IDP_ENTRA, vocabulary.IDP_GOOGLE}


def test_five_hundred_groups_nest_by_path():
    teams = [path for path, _ in population.teams()]
    assert len({*teams, *vocabulary.CROSSINGS}) == 500
    assert all(path.rpartition("/")[0] in {"", *teams} for path in teams)


def test_who_is_in_a_team_is_in_all_above_it(people: list[dict]):
    for person in people:
        held = set(person["groups"])
        assert all(group.rpartition("/")[0] in held for group in held if "/" in group)


def test_the_identity_names_the_same_groups_as_the_directory(people: list[dict]):
    seen = [person for person in people if "groups" in person.get("identity", {})]
    assert all(len(person["identity"]["groups"]) == len(person["groups"]) for person in seen)
    okta = [person for person in seen if person["identity"]["idp"]["type"] == "okta"]
    assert all([g["name"] for g in person["identity"]["groups"]] == person["groups"] for person in okta)


def test_a_provider_reports_groups_by_one_name_of_its_own(people: list[dict]):
    seen = [person["identity"] for person in people if "groups" in person.get("identity", {})]
    ways = {(one["idp"]["type"], tuple(group)) for one in seen for group in one["groups"]}
    assert ways == {("okta", ("name",)), ("azureAD", ("id",)), ("google-apps", ("email",))}


@pytest.mark.parametrize(
    ("network", "share"), [("10.0.0.0/8", 0.30), ("192.168.0.0/16", 0.15), ("2000::/3", 0.02)]
)
def test_addresses_are_spread_over_networks(identities: list[dict], network: str, share: float):
    wanted = ipaddress.ip_network(network)
    found = sum(ipaddress.ip_address(i["ip"]) in wanted for i in identities if "ip" in i)
    assert found / len(identities) == pytest.approx(share, abs=0.012)


def test_other_addresses_are_public(identities: list[dict]):
    private = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("192.168.0.0/16")]
    addresses = [ipaddress.ip_address(i["ip"]) for i in identities if "ip" in i]
    others = [a for a in addresses if not any(a in network for network in private)]
    assert all(address.is_global for address in others)


def test_employee_numbers_are_nearly_unique(identities: list[dict]):
    claims = [i["saml_attributes"] for i in identities if "saml_attributes" in i]
    times = Counter(claim["employee_number"] for claim in claims)
    assert 0 < len(claims) - len(times) < len(claims) / 100


def test_every_kind_of_fact_is_there(identities: list[dict]):
    kinds = set(chain.from_iterable(identities))
    assert {
        "oidc_fields",
        "organizations",
        "account_ids",
        "auth_context",
        "risk_score",
        "common_name",
    } <= kinds
    assert {i.get("risk_score") for i in identities} == {"low", "medium", "high", None}


def test_a_common_name_comes_with_a_certificate_that_passed(identities: list[dict]):
    named = [identity for identity in identities if "common_name" in identity]
    assert all(identity["mtls_auth"]["auth_status"] == "SUCCESS" for identity in named)


def test_every_line_is_a_record_of_the_directory():
    records = list(ndjson_records(b"".join(lines(3000, 7)), 1))
    assert [record for record in records if isinstance(record, Rejection)] == []
    assert len({record.address for record in records}) == 3000


async def test_the_command_writes_what_the_function_gives(run, tmp_path):
    file = tmp_path / "people.ndjson"
    shown = await run("generate-directory", "-n", "50", "--seed", "7")
    written = await run("generate-directory", "-n", "50", "--seed", "7", "-o", str(file))
    assert (shown.code, written.code, written.out) == (0, 0, "")
    assert shown.out.encode() == file.read_bytes() == b"".join(lines(50, 7))
