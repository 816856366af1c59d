"""What policies mean, as data: each case makes the point that its file is named after.

`policies` are as on the wire; `groups`, `email_lists` and `ip_lists` are what they refer to; `users` are
records of a directory file, with an address of their own name unless they say otherwise.
"""

import json
from functools import cache
from pathlib import Path

import pytest

from shared.directory import identity
from shared.directory.merge import Record
from shared.policy.plan import Plan
from shared.policy.rules.kinds import LookUp, Reference
from shared.policy.screening.policy import Criteria
from shared.wire.cloudflare.policies import decode
from shared.wire.cloudflare.rules import KINDS, to_rule
from shared.wire.directory.records import ndjson_records
from tests.policy import engine, reference

CASES = {path.stem: path for path in sorted(Path(__file__).with_name("cases").glob("*.json"))}
ACCOUNT = "mine"


@cache
def case(name):
    return json.loads(CASES[name].read_text())


def criteria(given):
    parts = [given.get(part, []) for part in ("include", "exclude", "require")]
    return Criteria(*(tuple(to_rule(rule, "", ACCOUNT) for rule in rules) for rules in parts))


def plan(given):
    groups = {name: criteria(group) for name, group in given.get("groups", {}).items()}
    lists = [
        {name: tuple(held) for name, held in given.get(kind, {}).items()}
        for kind in ("email_lists", "ip_lists")
    ]
    return Plan(decode(given["policies"], "", ACCOUNT).policies, groups, *lists)


def user(name, given):
    (record,) = ndjson_records(json.dumps({"email": f"{name}@a.example"} | given).encode(), 1)
    assert isinstance(record, Record), record
    return record.address, None if record.identity is None else identity.decode(record.identity)


@pytest.mark.parametrize("name", CASES)
def test_the_engine_sees_it_so(name):
    given = case(name)
    users = {name: user(name, record) for name, record in given["users"].items()}
    found = engine.verdicts(plan(given), dict(enumerate(users.values())))
    assert {name: found[number] for number, name in enumerate(users)} == given["expect"]


@pytest.mark.parametrize("name", CASES)
def test_the_reference_evaluator_sees_it_so(name):
    given = case(name)
    found = {who: reference.verdict(plan(given), *user(who, what)) for who, what in given["users"].items()}
    assert found == given["expect"]


def test_the_cases_cover_every_kind_of_rule():
    text = "".join(path.read_text() for path in CASES.values())
    assert [kind for kind in KINDS if f'"{kind}": {{' not in text] == []
    assert len(KINDS) == len(LookUp.__args__) + len(Reference.__args__) == 26


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_short_and_says_something_of_each_user(name):
    assert len(CASES[name].read_text().splitlines()) <= 40
    assert case(name)["expect"].keys() == case(name)["users"].keys()
