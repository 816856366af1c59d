"""A report for whoever counts tests: each expectation is one, in the XML that came from JUnit."""

import re
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from services.cli import answers, render, submission
from services.cli.report import Report
from services.cli.reports import wording
from services.cli.submission import STDIN, Submission

SUITE = "gatehouse"
COMPLETES = "the test decides every user"
# What is left of the characters that XML does not have once controls and halves of pairs are written out.
ILLEGAL = re.compile("[\ufffe\uffff]")


def text(report: Report, asked: Submission) -> str:
    """The report; without times, which readers take for none."""
    cases = list(_cases(report, asked))
    counts = {"tests": len(cases), "failures": _having(cases, "failure"), "errors": _having(cases, "error")}
    numbers = {name: str(count) for name, count in counts.items()}
    suites = ET.Element("testsuites", {"name": SUITE, **numbers, "time": "0"})
    name = legal(asked.policies.file if asked.policies.file != STDIN else "standard input")
    suite = ET.SubElement(suites, "testsuite", {"name": name, **numbers, "skipped": "0", "time": "0"})
    test, properties = report.test, ET.SubElement(suite, "properties")
    for what in ("total_users", "users_approved", "users_blocked", "users_errored"):
        ET.SubElement(properties, "property", {"name": what, "value": str(getattr(test, what))})
    suite.extend(cases)
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def legal(words: str) -> str:
    """Text as XML can have it, and on one line."""
    return ILLEGAL.sub("", render.neutral(words))


def _having(cases: Iterable[ET.Element], what: str) -> int:
    return sum(case.find(what) is not None for case in cases)


def _cases(report: Report, asked: Submission) -> Iterable[ET.Element]:
    if not report.complete:
        case = _case(COMPLETES)
        said, whole = legal(wording.unfinished(report)), (report.test.failure or "").splitlines()
        error = ET.SubElement(case, "error", {"message": said, "type": legal(report.test.status)})
        error.text = "\n".join((said, *map(legal, whole[1:])))
        yield case
    elif not report.expectations:
        yield _case(COMPLETES)  # many take a suite without a test for a mistake
    places = {each.index: asked.place(f"/expectations/{each.index}") for each in report.expectations}
    lines, marks = submission.lines(places.values()), wording.marks(report)
    for each in report.expectations:
        place, case = places[each.index], _case(each.words + marks[each.index])
        if place.written.file != STDIN and place.pointer:
            case.attrib |= {"file": legal(place.written.file), "line": str(lines[place])}
        if each.holds is not True:
            _add_problem(case, each)
        yield case


def _add_problem(case: ET.Element, each: answers.Expected) -> None:
    """What is wrong with an expectation: broken it has failed, and an error is what nobody can judge."""
    kind, sort = ("error", "open") if each.holds is None else ("failure", "broken")
    said = legal(f"{each.words}: {wording.breaking(each)}")
    problem = ET.SubElement(case, kind, {"message": said, "type": sort})
    problem.text = "\n".join((said, *_breakers(each)))


def _case(name: str) -> ET.Element:
    return ET.Element("testcase", {"classname": "expectations", "name": legal(name), "time": "0"})


def _breakers(each: answers.Expected) -> Iterable[str]:
    """The first who break an expectation, one a line."""
    if each.holds is None:
        return
    for user in each.users:
        why = " ".join(filter(None, (user.reason, user.rule)))
        yield legal(f"{user.email or user.id}: {user.status}" + (f" ({why})" if why else ""))
    yield from (legal(f"{absent}: not there") for absent in each.absent)
    if (more := each.broken - len(each.users) - len(each.absent)) > 0:
        yield f"and {more:,} more"
