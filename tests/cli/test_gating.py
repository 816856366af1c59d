"""What may not ship ends with 1: expectations of a test, and findings about policies."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.rows import ACME, lines, policy
from tests.stack import Client

MFA = {"auth_method": {"auth_method": "mfa"}}
USERS = (
    {"email": "in@acme.example", "identity": {"amr": ["mfa"]}},
    {"email": "weak@acme.example", "identity": {"amr": ["pwd"]}},
)
STRICT = policy(ACME, name="Staff", require=[MFA])


@pytest.fixture
async def base(client: Client) -> str:
    """A test of the domain alone."""
    await client.imported(lines(*USERS))
    uid: str = (await client.tested(policy(ACME, name="Staff")))["id"]
    return uid


@pytest.fixture
def written(tmp_path: Path):
    """A file with a document in it, by its name."""

    def write(name: str, document: Any) -> str:
        path = tmp_path / name
        path.write_text(json.dumps(document))
        return str(path)

    return write


async def test_a_test_whose_expectations_hold_ends_with_0(gatehouse, base: str, written):
    file = written("p.json", [STRICT])
    expect = written("e.json", {"expectations": [{"include": [MFA], "all": "approved"}]})
    ended = await gatehouse("test", file, "--base", base, "--expect", expect, "--max-gained", "0")
    assert ended.code == 0
    assert "holds" in ended.out
    assert "broken " not in ended.out.replace("broken by", "")
    assert "--max-gained: nobody gains access" in ended.out


async def test_a_test_with_a_broken_expectation_ends_with_1(gatehouse, base: str, written):
    file = written("p.json", [STRICT])
    ended = await gatehouse("test", file, "--base", base, "--max-lost", "0")
    assert ended.code == 1
    (row,) = [line.split() for line in ended.out.splitlines() if "--max-lost" in line]
    assert (row[0], row[-2:]) == ("broken", ["2", "1"])
    ended = await gatehouse("test", file, "--base", base, "--max-lost", "0", "--json")
    assert ended.code == 1
    assert json.loads(ended.out)["users_approved"] == 1
    assert "--max-lost" in ended.err


@pytest.mark.usefixtures("base")
async def test_expectations_may_stand_beside_the_policies(gatehouse, written):
    file = written("p.json", {"policies": [STRICT], "expectations": [{"all": "approved"}]})
    ended = await gatehouse("test", file)
    assert ended.code == 1
    assert "all are approved" in ended.out


@pytest.mark.usefixtures("base")
@pytest.mark.parametrize("options", [("--max-lost", "0"), ("--max-gained", "3")])
async def test_bounds_need_a_base(gatehouse, written, options: tuple[str, str]):
    ended = await gatehouse("test", written("p.json", [STRICT]), *options)
    assert (ended.code, ended.out) == (2, "")
    assert "--base" in ended.err


@pytest.mark.usefixtures("base")
async def test_a_bad_expectation_is_refused_with_its_place(gatehouse, written):
    expect = written("e.json", [{"all": "happy"}])
    ended = await gatehouse("test", written("p.json", [STRICT]), "--expect", expect)
    assert ended.code == 2
    assert "/expectations/0" in ended.err
    ended = await gatehouse("test", written("p.json", [STRICT]), "--expect", written("n.json", {"x": 1}))
    assert ended.code == 2
    assert "neither a list of expectations" in ended.err


WIDE = policy(name="Open")


async def test_findings_are_listed_and_end_with_1_when_bad_enough(gatehouse, base: str, written):
    ended = await gatehouse("lint", written("p.json", [WIDE]), "--fail-on", "suggestion")
    assert ended.code == 1
    assert "/policies/0" in ended.out
    answer = json.loads((await gatehouse("lint", written("p.json", [WIDE]), "--json")).out)
    assert {row["code"] for row in answer["result"]} <= {line.split()[-1] for line in ended.out.splitlines()}
    ended = await gatehouse("lint", "--test", base, "--json")
    assert {row["evidence"] for row in json.loads(ended.out)["result"]} <= {"rules", "run"}


@pytest.mark.parametrize("given", [(), ("p.json", "--test", "x")])
async def test_one_thing_is_looked_at(gatehouse, given: tuple[str, ...]):
    ended = await gatehouse("lint", *given)
    assert (ended.code, ended.out) == (2, "")
    assert "one of the two" in ended.err
