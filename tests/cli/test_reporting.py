"""A test that tells what it found: on the terminal, and in files for whoever was not there."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.cli.staff import STRICT, tested
from tests.gateway.rows import ACME, lines, policy
from tests.stack import Client

OPEN = policy(name="Open | `door`")
SHOWN = """\
verdict    users   share
approved       1    25 %   ██████████
blocked        2    50 %   ████████████████████
error          1    25 %   ██████████

why
users   status     why                                                                                                              reason
    1   approved   Let in by policy 1, `Staff`: addresses of `acme.example`.                                                        matched:/policies/0/include/0
    1   blocked    No policy matches; the nearest is policy 1, `Staff`, which includes only addresses of `acme.example`.            not_included:/policies/0/include
    1   blocked    No policy matches; the nearest is policy 1, `Staff`, which requires logins by `mfa`.                             not_met:/policies/0/require/0
    1   error      Cannot be decided: policy 1, `Staff`, requires logins by `mfa`, and the methods of the login are not recorded.   unknown:/policies/0/require/0

since the base
change      users
gained          0
lost            1
undecided       1
decided         0
unchanged       2
joined          0
left            0

users   before                                                      after
    1   Let in by policy 1, `Staff`: addresses of `acme.example`.   No policy matches; the nearest is policy 1, `Staff`, which requires logins by `mfa`.
    1   Let in by policy 1, `Staff`: addresses of `acme.example`.   Cannot be decided: policy 1, `Staff`, requires logins by `mfa`, and the methods of the login are not recorded.

expectations
"""  # noqa: E501  # a table as wide as it is


@pytest.fixture
async def base(client: Client) -> str:
    return await tested(client)


@pytest.fixture
def written(tmp_path: Path):
    """A file with policies, and expectations if there are any."""

    def write(*policies: Any, **others: Any) -> str:
        path = tmp_path / "policies.json"
        path.write_text(json.dumps({"policies": policies, **others}, indent=1))
        return str(path)

    return write


def reports(folder: Path) -> tuple[str, ...]:
    names = {"markdown": "r.md", "junit": "r.xml", "sarif": "r.sarif"}
    return tuple(part for form, name in names.items() for part in (f"--{form}", str(folder / name)))


async def test_a_test_shows_why_what_changed_and_what_does_not_hold(gatehouse, base: str, written):
    file = written(
        STRICT, expectations=[{"include": [{"email": {"email": "in@acme.example"}}], "all": "approved"}]
    )
    ended = await gatehouse("test", file, "--base", base, "--max-lost", "0")
    assert (ended.code, ended.err) == (1, "")
    first, *rest = ended.out.splitlines()
    assert first.startswith("test ")
    assert " complete: 4 users in " in first
    *rest, _, holds, broken = (line.split() for line in rest)
    assert rest == [line.split() for line in SHOWN.splitlines()]
    assert (holds[0], holds[-2:]) == ("holds", ["1", "0"])
    assert (broken[:2], broken[-2:]) == (["broken", "--max-lost:"], ["4", "1"])


@pytest.mark.usefixtures("base")
async def test_findings_are_shown_from_a_warning_on_and_say_where_the_others_are(gatehouse, written):
    ended = await gatehouse("test", written(OPEN, STRICT, policy(ACME, ACME)))
    assert ended.code == 0
    uid = ended.out.split()[1]
    _, _, found = ended.out.partition("\nfindings\n")
    *shown, more = found.splitlines()
    assert shown[0].startswith("security warning /policies/0/include/0: ")
    assert all(line.startswith(("security warning /", "warning /", "error /")) for line in shown)
    assert shown[0].endswith("(everyone_allowed)")
    assert more.endswith(f" more: gatehouse lint --test {uid}")


@pytest.mark.usefixtures("base")
async def test_of_many_reasons_the_first_are_shown(gatehouse, client: Client, written):
    await client.imported(lines(*({"email": f"u{number}@acme.example"} for number in range(12))))
    many = [policy({"email": {"email": f"u{n}@acme.example"}}, name=f"p{n}") for n in range(12)]
    ended = await gatehouse("test", written(*many))
    uid = ended.out.split()[1]
    assert f"\nand 3 more: gatehouse reasons {uid}\n" in ended.out
    assert ended.out.count("Let in by policy ") == 9


async def test_reports_are_written_when_an_expectation_is_broken_too(gatehouse, base: str, written, tmp_path):
    file = written(OPEN, STRICT, expectations=[{"all": "blocked"}])
    ended = await gatehouse("test", file, "--base", base, "--max-gained", "0", *reports(tmp_path))
    assert (ended.code, ended.err) == (1, "")
    assert "\nexpectations\n" in ended.out
    read = (tmp_path / "r.md").read_text()
    assert read.startswith("## ❌ Gatehouse: does not hold: 2 of 2 expectations broken\n")
    assert "| gained | 1 |" in read
    suite = ET.fromstring((tmp_path / "r.xml").read_text())[0]
    assert (suite.attrib["tests"], suite.attrib["failures"]) == ("2", "2")
    (run,) = json.loads((tmp_path / "r.sarif").read_text())["runs"]
    places = {
        (each["ruleId"], each["locations"][0]["physicalLocation"]["region"]["startLine"])
        for each in run["results"]
    }
    text = (tmp_path / "policies.json").read_text().splitlines()
    begins = next(number for number, line in enumerate(text, 1) if '"include"' in line)
    assert ("everyone_allowed", begins + 1) in places
    assert ("expectation_broken", text.index('   "all": "blocked"')) in places


@pytest.mark.usefixtures("base")
async def test_a_report_that_holds_is_the_same_each_time(gatehouse, written, tmp_path):
    texts = []
    for _ in range(2):
        ended = await gatehouse("test", written(STRICT), *reports(tmp_path))
        assert ended.code == 0
        texts.append([(tmp_path / name).read_bytes() for name in ("r.md", "r.xml", "r.sarif")])
    assert texts[0] == texts[1]


@pytest.mark.usefixtures("base")
async def test_standard_output_is_for_one_thing(gatehouse, written, tmp_path):
    file = written(STRICT, expectations=[{"all": "approved"}])
    ended = await gatehouse("test", file, "--junit", "-", "--markdown", str(tmp_path / "r.md"))
    assert ended.code == 1
    assert ET.fromstring(ended.out).tag == "testsuites"
    assert "broken   all are approved" in ended.err
    ended = await gatehouse("test", file, "--json", "--junit", str(tmp_path / "r.xml"))
    answer = json.loads(ended.out)
    assert (answer["status"], answer["comparison"]) == ("complete", None)
    assert len(answer["reasons"]) == 4
    assert [row["holds"] for row in answer["expectations"]] == [False]
    assert answer["findings"] == []
    assert ET.parse(tmp_path / "r.xml").getroot().tag == "testsuites"


async def test_a_base_beside_the_policies_is_compared_with(gatehouse, base: str, written):
    ended = await gatehouse("test", written(STRICT, base=base), "--max-lost", "1")
    assert ended.code == 0
    assert "\nsince the base\n" in ended.out


async def test_what_is_refused_is_told_with_its_file(gatehouse, base: str, written, tmp_path: Path):
    expect = tmp_path / "e.json"
    expect.write_text('[{"all": "approved"}, {"all": "happy"}]')
    file = written(STRICT, expectations=[{"none": "error"}])
    ended = await gatehouse("test", file, "--base", base, "--expect", str(expect), *reports(tmp_path))
    assert (ended.code, ended.out) == (2, "")
    assert f"Error: {expect}:/expectations/1/all: " in ended.err
    read = (tmp_path / "r.md").read_text()
    assert read.startswith("## ❌ Gatehouse: the test was refused: ")
    assert "| error | `/expectations/2/all` | " in read
    (error,) = ET.parse(tmp_path / "r.xml").getroot().iter("error")
    assert error.attrib["type"] == "refused"
    (run,) = json.loads((tmp_path / "r.sarif").read_text())["runs"]
    (place,) = (result["locations"][0]["physicalLocation"] for result in run["results"])
    assert place["artifactLocation"]["uri"].endswith("/e.json")
    ended = await gatehouse("test", written(policy({"ip": {"ip": "10.0.0.0/99"}})))
    assert f"Error: {file}:/policies/0/include/0/ip/ip: " in ended.err


@pytest.mark.parametrize(("status", "code"), [("blocked", 3), ("exceeded time", 4)])
async def test_a_test_that_does_not_complete_is_reported_as_well(
    ask, odd, policies, tmp_path: Path, status: str, code: int
):
    state = {"id": "t1", "status": status, "total_users": 9, "failure": "chunk 3 failed"}
    odd.says({"success": True, "result": {"id": "t1"}}, {"success": True, "result": state})
    odd.says({"success": True, "result": []})
    ended = await ask("test", policies, *reports(tmp_path))
    assert ended.code == code
    assert (tmp_path / "r.md").read_text().startswith("## ❌ Gatehouse: the t")
    assert ET.parse(tmp_path / "r.xml").getroot().attrib["errors"] == "1"
    (run,) = json.loads((tmp_path / "r.sarif").read_text())["runs"]
    assert run["invocations"][0]["executionSuccessful"] is False


async def test_expectations_that_nobody_judged_do_not_hold(ask, odd, tmp_path: Path):
    file = tmp_path / "p.json"
    file.write_text('{"policies": [], "expectations": [{"all": "approved"}]}')
    odd.says({"success": True, "result": {"id": "t1"}})
    odd.says({"success": True, "result": {"id": "t1", "status": "complete"}})
    odd.says({"success": True, "result": []})
    ended = await ask("test", str(file))
    assert ended.code == 3
    assert "of 1 expectations only 0 were judged" in ended.err


async def test_a_report_that_cannot_be_written_after_all_is_told(ask, odd, policies):
    odd.says({"success": True, "result": {"id": "t1"}})
    odd.says({"success": True, "result": {"id": "t1", "status": "complete"}})
    odd.says({"success": True, "result": []})
    ended = await ask("test", policies, "--markdown", "/dev/full")
    assert ended.code == 3
    assert "cannot write `/dev/full`: No space left on device" in ended.err
