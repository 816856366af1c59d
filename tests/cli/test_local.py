"""A test with no gateway: the users of a file, the same engine, the same report."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.cli.generate_directory import lines
from tests.cli.conftest import Ended, Run
from tests.gateway import rows
from tests.gateway.rows import ACME, policy
from tests.stack import Client

EXAMPLE = Path(__file__).parents[2] / "deploy" / "example" / "policies.json"
COUNT = 500
MFA = {"auth_method": {"auth_method": "mfa"}}
USERS = (
    {"email": "in@acme.example", "identity": {"amr": ["mfa"]}},
    {"email": "weak@acme.example", "identity": {"amr": ["pwd"]}},
    {"email": "unseen@acme.example"},
)
STAFF, STRICT = policy(ACME, name="Staff"), policy(ACME, name="Staff", require=[MFA])
GROUP = "5d0a9c1e-7c3f-4a54-9d0b-8f0b0a3f1c11"
# Made anew for each run, or in another way by each of them.
OWN = ("id", "created_at", "started_at", "finished_at", "base", "test", "directory")


@pytest.fixture
def write(tmp_path: Path):
    """A file, by its name; what is no text is JSON."""

    def written(name: str, content: Any) -> str:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    return written


@pytest.fixture
def users(write) -> str:
    return write("users.ndjson", rows.lines(*USERS).decode())


@pytest.fixture
def locally(run: Run, users: str) -> Run:
    """`gatehouse test --local` of three users, with no gateway in sight."""

    async def ran(*arguments: str, directory: str = users, stdin: bytes = b"") -> Ended:
        return await run("test", *arguments, "--local", directory, stdin=stdin)

    return ran


async def test_neither_gateway_nor_account_nor_token_is_needed(locally, write):
    ended = await locally(write("p.json", [STRICT]))
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("test of users.ndjson complete: 3 users in ")
    counts = {line.split()[0]: line.split()[1] for line in ended.out.splitlines()[2:5]}
    assert counts == {"approved": "1", "blocked": "1", "error": "1"}
    assert "Let in by policy 1, `Staff`: addresses of `acme.example`." in ended.out


async def test_policies_are_compared_with_those_of_a_file(locally, write):
    base, file = write("base.json", [STAFF]), write("p.json", {"policies": [STRICT]})
    ended = await locally(file, "--base", base, "--max-lost", "0", "--max-gained", "0")
    assert ended.code == 1
    changes = dict(line.split() for line in ended.out.partition("\nsince the base\n")[2].splitlines()[1:4])
    assert changes == {"gained": "0", "lost": "1", "undecided": "1"}
    assert "broken   --max-lost: " in ended.out
    assert "holds    --max-gained: " in ended.out
    assert (await locally(file, "--base", base, "--max-lost", "1")).code == 0


async def test_groups_are_those_of_a_file_of_resources(locally, write):
    group = {"id": GROUP, "name": "staff", "include": [ACME]}
    file = write("p.json", [policy({"group": {"id": GROUP}}, name="Staff")])
    refused = await locally(file)
    assert refused.code == 2
    assert f"Error: {file}:/policies/0/include/0/group/id: " in refused.err
    ended = await locally(file, "--resources", write("r.json", {"groups": [group]}))
    assert (ended.code, ended.err) == (0, "")
    assert "approved       3   100 %" in ended.out


async def test_reports_are_written_and_standard_output_is_for_one(locally, write, tmp_path: Path):
    file = write("p.json", {"policies": [STRICT], "expectations": [{"all": "approved"}]})
    ended = await locally(file, "--markdown", "-", "--junit", str(tmp_path / "r.xml"))
    assert ended.code == 1
    assert ended.out.startswith("## ❌ Gatehouse: does not hold: 1 of 1 expectation broken\n")
    assert "`weak@acme.example` (blocked), `unseen@acme.example` (error)" in ended.out
    assert "broken   all are approved" in ended.err
    assert (await locally(file, "--markdown", "-")).out == ended.out


async def test_lines_that_are_no_users_are_told_and_stop_nothing(locally, write):
    text = rows.lines(*USERS).decode() + "nonsense\n" * 7
    directory, file = write("odd.ndjson", text), write("p.json", [STAFF])
    ended = await locally(file, directory=directory)
    assert ended.code == 0
    _, told, *lines = ended.out.splitlines()
    assert told == "left out of the directory: 7 of 10 lines"
    assert [line.partition(":")[0] for line in lines[:4]] == [
        "  line 4",
        "  line 5",
        "  line 6",
        "  and 4 more",
    ]
    answer = await locally(file, "--json", directory=directory)
    assert json.loads(answer.out)["directory"]["rows_rejected"] == 7
    assert "left out of the directory: 7 of 10 lines" in answer.err


async def test_a_spreadsheet_will_do(locally, write):
    directory = write("people.csv", "email,identity.amr\nann@acme.example,mfa|pwd\nbob@acme.example,pwd\n")
    ended = await locally(write("p.json", [STRICT]), "--json", directory=directory)
    assert json.loads(ended.out)["users_approved"] == 1


async def test_policies_come_from_standard_input(locally):
    ended = await locally("-", "--json", stdin=json.dumps([STAFF]).encode())
    assert (ended.code, json.loads(ended.out)["users_approved"]) == (0, 3)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("p.json", [policy({"ip": {"ip": "10.0.0.0/99"}})], "p.json:/policies/0/include/0/ip/ip: "),
        ("base.json", [policy({"ip": {"ip": "10.0.0.0/99"}})], "base.json:/policies/0/include/0/ip/ip: "),
        ("e.json", [{"none": "error"}, {"all": "happy"}], "e.json:/expectations/1/all: "),
        ("r.json", [], "r.json: "),
    ],
)
async def test_what_is_refused_is_told_with_the_file_that_it_stands_in(
    locally, write, name: str, content: Any, said: str
):
    files = {"p.json": [STAFF], "base.json": [STAFF], "e.json": [{"none": "error"}], "r.json": {}}
    named = {each: write(each, text) for each, text in {**files, name: content}.items()}
    options = ("--base", named["base.json"], "--expect", named["e.json"], "--resources", named["r.json"])
    ended = await locally(named["p.json"], *options, "--sarif", named["p.json"] + ".sarif")
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert ended.err.startswith("Error: ")
    assert ended.err.count(".json") == 1


async def test_a_base_in_the_request_is_refused_here(locally, write):
    ended = await locally(write("p.json", {"policies": [STAFF], "base": GROUP}))
    assert ended.code == 2
    assert "/base: " in ended.err


async def test_what_is_no_directory_is_told(locally, write, tmp_path: Path):
    ended = await locally(write("p.json", [STAFF]), directory=str(tmp_path))
    assert ended.code == 2
    assert "Is a directory" in ended.err


async def test_the_gateway_and_a_local_test_say_the_same(gatehouse, locally, client: Client, write):
    text = b"".join(lines(COUNT, 7))
    await client.imported(text)
    document = json.loads(EXAMPLE.read_text())
    named = {
        "policies": document["policies"],
        "expectations": [{"at_least": {"status": "approved", "number": 1}}],
    }
    file, base = write("p.json", named), write("base.json", document["policies"][:1])
    before = await client.tested(*document["policies"][:1])
    far = await gatehouse("test", file, "--base", before["id"], "--json")
    near = await locally(file, "--base", base, "--json", directory=write("d.ndjson", text.decode()))
    assert (far.code, near.code) == (0, 0)
    assert near.out != far.out
    assert said(near) == said(far)
    texts = [
        await gatehouse("test", file, "--base", before["id"], "--markdown", "-"),
        await locally(file, "--base", base, "--markdown", "-", directory=write("d.ndjson", text.decode())),
    ]
    assert texts[0].out == texts[1].out


def said(ended: Ended) -> Any:
    """What an answer says, without what each run has of its own; rows whose order means nothing in one."""
    answer = {name: part for name, part in json.loads(ended.out).items() if name not in OWN}
    compared = {name: part for name, part in answer.pop("comparison").items() if name not in OWN}
    moved = sorted(compared.pop("reasons"), key=lambda row: (row["from"]["key"], row["to"]["key"]))
    return [answer | {"reasons": sorted(answer["reasons"], key=lambda row: row["key"])}, compared, moved]
