"""A report for whoever shows findings beside the lines that they are about: SARIF 2.1.0."""

import hashlib
import json
import os
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from services.cli import render, submission
from services.cli.lazy import version
from services.cli.report import REFUSED, Report
from services.cli.reports import wording
from services.cli.submission import STDIN, Place, Submission

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"error": "error", "security_warning": "error", "warning": "warning", "suggestion": "note"}
FINGERPRINT = "gatehouse/v1"
BROKEN, OPEN = "expectation_broken", "expectation_open"
ADVICE = {
    BROKEN: "change the policies, or what is expected of them",
    REFUSED: "correct what the message is about",
    OPEN: "start the test again, with a base that is there",
}
WITHIN = re.compile(r"/policies/\d+(?P<inner>.*)")


class Said(NamedTuple):
    """One result: its rule, level and sentence, where, what to do.

    `pointer` is that of the gateway; `same` is what stays when policies and lines move.
    """

    rule: str
    level: str
    sentence: str
    pointer: str
    place: Place
    advice: str
    same: str


def text(report: Report, asked: Submission) -> str:
    """The report: findings, and expectations that do not hold."""
    said = [*_findings(report, asked), *_expectations(report, asked)]
    rules = {each.rule: each for each in reversed(said)}
    numbers = {rule: number for number, rule in enumerate(sorted(rules))}
    run = {
        "tool": {"driver": {"name": "Gatehouse", "version": version(), "rules": _rules(rules, numbers)}},
        "invocations": [_invocation(report)],
        "results": _results(said, numbers),
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def message(words: str) -> dict[str, str]:
    """Text as a message: what could be a placeholder or a link is written so that it is none."""
    shown = render.neutral(words).replace("{", "{{").replace("}", "}}")
    return {"text": shown.replace("](", "] (")}


def uri(file: str) -> str:
    """The address of a file, relative to wherever the command ran if it was named so."""
    if file == STDIN:
        return "stdin"
    if Path(file).is_absolute():
        return f"file://{quote(os.fsencode(file))}"
    return quote(os.fsencode(posixpath.normpath(file)))


def _findings(report: Report, asked: Submission) -> Iterable[Said]:
    for each in report.findings:
        level = LEVELS.get(each.level, "warning")
        # A policy that moves is known by its name; what is of a group has the group's id in its pointer.
        within = WITHIN.fullmatch(each.pointer)
        same = f"{each.policy.name}\0{within['inner']}" if each.policy and within else each.pointer
        where = each.pointer, asked.place(each.pointer)
        yield Said(
            each.code, level, each.sentence, *where, each.suggestion or ADVICE.get(each.code, ""), same
        )


def _expectations(report: Report, asked: Submission) -> Iterable[Said]:
    for each in (*report.broken, *report.open):
        rule = OPEN if each.holds is None else BROKEN
        pointer, sentence = f"/expectations/{each.index}", f"{each.words}: {wording.breaking(each)}"
        yield Said(rule, "error", sentence, pointer, asked.place(pointer), ADVICE[rule], each.words)


def _rules(rules: Mapping[str, Said], numbers: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "id": rule,
            "shortDescription": message(rule.replace("_", " ")),
            "help": message(rules[rule].advice or rule.replace("_", " ")),
            "defaultConfiguration": {"level": rules[rule].level},
        }
        for rule in numbers
    ]


def _invocation(report: Report) -> dict[str, Any]:
    if report.complete:
        return {"executionSuccessful": True}
    notification = {"level": "error", "message": message(wording.unfinished(report))}
    return {"executionSuccessful": False, "toolExecutionNotifications": [notification]}


def _results(said: list[Said], numbers: Mapping[str, int]) -> list[dict[str, Any]]:
    lines, seen = submission.lines(each.place for each in said), Counter[str]()
    results = list[dict[str, Any]]()
    for each in said:
        same = f"{each.rule}\0{each.same}"
        seen[same] += 1
        digest = hashlib.sha256(f"{same}\0{seen[same]}".encode("utf-8", "backslashreplace")).hexdigest()
        where = {
            "artifactLocation": {"uri": uri(each.place.written.file)},
            "region": {"startLine": lines[each.place]},
        }
        results.append(
            {
                "ruleId": each.rule,
                "ruleIndex": numbers[each.rule],
                "level": each.level,
                "message": message(each.sentence),
                "locations": [
                    {"physicalLocation": where, "logicalLocations": [{"fullyQualifiedName": each.pointer}]}
                ],
                "partialFingerprints": {FINGERPRINT: digest},
            }
        )
    return results
