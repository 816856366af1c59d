"""The report for whoever shows findings beside the lines they are about."""

import json
from typing import Any

import jsonschema_rs
import pytest

from services.cli.reports import sarif
from services.cli.submission import Submission, Written
from tests.cli import reported
from tests.cli.reported import NAUGHTY, asked, expectation, finding

TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
MESSAGE = {
    "type": "object",
    "required": ["text"],
    "properties": {"text": TEXT},
    "additionalProperties": False,
}


def closed(required: list[str], **properties: Any) -> dict[str, Any]:
    shape = {"type": "object", "required": required, "properties": properties}
    return {**shape, "additionalProperties": False}


def several(items: dict[str, Any], **bounds: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **bounds}


# What of the standard's schema is about the parts that are written.
RULE = closed(
    ["id", "shortDescription", "help"],
    id=TEXT,
    shortDescription=MESSAGE,
    help=MESSAGE,
    defaultConfiguration=closed(["level"], level=LEVEL),
)
PHYSICAL = closed(
    ["artifactLocation", "region"],
    artifactLocation=closed(["uri"], uri={"type": "string", "format": "uri-reference", "minLength": 1}),
    region=closed(["startLine"], startLine={"type": "integer", "minimum": 1}),
)
LOCATION = closed(
    ["physicalLocation"],
    physicalLocation=PHYSICAL,
    logicalLocations=several(closed(["fullyQualifiedName"], fullyQualifiedName={"type": "string"})),
)
RESULT = closed(
    ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"],
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=MESSAGE,
    locations=several(LOCATION, minItems=1),
    partialFingerprints={"type": "object", "minProperties": 1, "additionalProperties": TEXT},
)
INVOCATION = closed(
    ["executionSuccessful"],
    executionSuccessful={"type": "boolean"},
    toolExecutionNotifications=several(closed(["message"], level=LEVEL, message=MESSAGE)),
)
DRIVER = closed(["name", "rules"], name=TEXT, version=TEXT, rules=several(RULE, uniqueItems=True))
RUN = closed(
    ["tool", "results"],
    tool=closed(["driver"], driver=DRIVER),
    invocations=several(INVOCATION),
    results=several(RESULT),
)
SCHEMA = closed(
    ["$schema", "version", "runs"],
    **{"$schema": {"type": "string", "format": "uri"}, "version": {"const": "2.1.0"}, "runs": several(RUN)},
)
VALIDATOR = jsonschema_rs.validator_for(SCHEMA, validate_formats=True)

POLICIES = """[
 {"name": "Staff", "decision": "allow",
  "include": [
    {"ip_list": {"id": "x"}}
  ]},
 {"name": "Guests", "decision": "allow", "include": []}
]
"""


def read(text: str) -> dict[str, Any]:
    """The run; as the standard has it, with rules that are all there once and are what results refer to."""
    document = json.loads(text)
    VALIDATOR.validate(document)
    assert document["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = document["runs"]
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(ids)) == len(ids)
    assert all(ids[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    assert {result["ruleId"] for result in run["results"]} == set(ids)
    return run


def lines(run: dict[str, Any]) -> list[tuple[str, int]]:
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    return [(place["artifactLocation"]["uri"], place["region"]["startLine"]) for place in places]


def prints(run: dict[str, Any]) -> list[str]:
    return [result["partialFingerprints"][sarif.FINGERPRINT] for result in run["results"]]


def test_findings_stand_beside_the_lines_that_they_are_about():
    found = [
        finding(),
        finding(pointer="/policies/1", level="security_warning", code="everyone_allowed"),
        finding(pointer="/policies/1/include", level="suggestion", code="rule_repeated"),
        finding(pointer="/groups/4711/include/0", level="error", policy=None),
    ]
    run = read(sarif.text(reported.of(findings=found), asked(POLICIES)))
    assert lines(run) == [("conf/policies.json", line) for line in (4, 6, 6, 1)]
    assert [result["level"] for result in run["results"]] == ["warning", "error", "note", "error"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [
        *("everyone_allowed", "list_empty", "rule_repeated")
    ]
    assert run["invocations"] == [{"executionSuccessful": True}]


def test_expectations_that_do_not_hold_are_results_where_they_were_written():
    own = '{"policies": [],\n "expectations": [\n  {"all": "approved"}]}'
    other = '[\n\n {"all": "approved"},\n {"name": "z", "none": "error"}]'
    both = Submission(b"", Written("p.json", own, bare=False), Written("e.json", other, bare=True), 1, 2, 4)
    rows = [
        expectation(holds=False, broken=2),
        expectation(index=1),
        expectation(index=2, holds=False, broken=1, name="z"),
        expectation(index=3, holds=None, name="--max-lost", problem="gone"),
    ]
    run = read(sarif.text(reported.of(expectations=rows), both))
    assert lines(run) == [("p.json", 3), ("e.json", 4), ("p.json", 1)]
    assert [result["ruleId"] for result in run["results"]] == [sarif.BROKEN, sarif.BROKEN, sarif.OPEN]
    assert {result["level"] for result in run["results"]} == {"error"}


def test_a_test_that_did_not_complete_is_told():
    run = read(sarif.text(reported.of(test={"status": "blocked", "failure": "chunk 3 failed"}), asked()))
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert "chunk 3 failed" in invocation["toolExecutionNotifications"][0]["message"]["text"]


def test_fingerprints_stay_when_lines_and_policies_move():
    before = reported.of(findings=[finding(), finding(sentence="Decided for nobody of 4 users.")])
    moved = {"pointer": "/policies/1/include/0", "policy": {"index": 1, "name": "Staff"}}
    after = reported.of(findings=[finding(**moved), finding(**moved, sentence="Decided for nobody of 5.")])
    one = prints(read(sarif.text(before, asked(POLICIES))))
    assert one == prints(read(sarif.text(after, asked("[{}, " + POLICIES.strip().removeprefix("[")))))
    assert len(set(one)) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "list_full"},
        {"pointer": "/policies/0/include/1"},
        {"policy": {"index": 0, "name": "Guests"}},
        {"policy": None, "pointer": "/groups/1/include/0"},
    ],
)
def test_another_finding_has_another_fingerprint(changes: dict):
    one, other = (
        prints(read(sarif.text(reported.of(findings=[found]), asked(POLICIES))))
        for found in (finding(), finding(**changes))
    )
    assert one != other


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("./conf/../conf/p.json", "conf/p.json"),
        ("../p.json", "../p.json"),
        ("a b#c?.json", "a%20b%23c%3F.json"),
        ("c:p.json", "c%3Ap.json"),
        ("bücher.json", "b%C3%BCcher.json"),
        ("\udcff.json", "%FF.json"),
        ("/etc/p q.json", "file:///etc/p%20q.json"),
        ("-", "stdin"),
    ],
)
def test_a_file_is_an_address_as_it_was_named(file: str, uri: str):
    text = sarif.text(reported.of(findings=[finding()]), asked(POLICIES, file))
    assert lines(read(text)) == [(uri, 4)]


@pytest.mark.parametrize("text", NAUGHTY)
def test_any_name_can_be_said(text: str):
    written = sarif.text(reported.naughty(text), asked(file=f"{text}.json".replace("\0", "")))
    run = read(written)
    assert len(run["results"]) == 3
    said = [result["message"]["text"] for result in run["results"]]
    assert not any("](" in each or "\x1b" in each or "\u202e" in each for each in said)
    assert not any("{0" in each.replace("{{", "") for each in said)
