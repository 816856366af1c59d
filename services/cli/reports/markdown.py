"""A report for a summary of a job or a comment on a change: what holds, what changes, and why."""

from collections.abc import Iterator
from pathlib import PurePath

from services.cli import answers, compare, lint
from services.cli.report import Report
from services.cli.reports import wording
from services.cli.reports.markup import code, row, table, words
from services.cli.reports.wording import counted
from services.cli.submission import Submission

REASONS_SHOWN = 20
EXPECTATIONS_SHOWN = 50
FINDINGS_SHOWN = 20
USERS_SHOWN = 5
ALWAYS = ("gained", "lost", "undecided")
SIGNS = {True: "✅ holds", False: "❌ broken", None: "⚠️ open"}


def text(report: Report, asked: Submission) -> str:
    """The report; no ids of tests, no times: the same test again has the same one."""
    parts = (_head(report, asked), _expected(report), _changes(report), _why(report), _found(report))
    return "\n".join(part for lines in parts if (part := "".join(lines)))


def _head(report: Report, asked: Submission) -> Iterator[str]:
    test, sign = report.test, "✅"
    if not report.complete or report.broken:
        sign = "❌"
    elif report.open:
        sign = "⚠️"
    yield f"## {sign} Gatehouse: {words(wording.headline(report))}\n\n"
    if not (report.complete or test.total_users):
        return
    yield f"{code(PurePath(asked.policies.file).name)} for {counted(test.total_users, 'user')}:\n\n"
    yield table(("verdict", False), ("users", True), ("share", True))
    yield row("approved", f"{test.users_approved:,}", f"{test.percent_approved} %")
    yield row("blocked", f"{test.users_blocked:,}", f"{test.percent_blocked} %")
    yield row("error", f"{test.users_errored:,}", f"{test.percent_errored} %")
    read = report.directory
    if read is not None and read.rows_rejected:
        first = "".join(f" Line {each.line}: {words(each.message)}." for each in read.errors[:1])
        lines = f"{read.rows_rejected:,} of {counted(read.rows_read, 'line')}"
        yield f"\n⚠️ Left out of the directory: {lines}.{first}\n"


def _expected(report: Report) -> Iterator[str]:
    if not report.expectations:
        return
    yield "### Expectations\n\n"
    yield table(("", False), ("expectation", False), ("of", True), ("broken by", True))
    # What does not hold first; the order is else as they were given.
    rows = sorted(report.expectations, key=lambda each: each.holds is True)
    shown, marks = rows[:EXPECTATIONS_SHOWN], wording.marks(report)
    for each in shown:
        name = "" if each.name is None else f"{code(each.name)}: "
        said = f"{name}{words(each.expected)}{marks[each.index]}"
        yield row(SIGNS[each.holds], said, f"{each.about:,}", f"{each.broken:,}")
    yield _more(len(rows) - EXPECTATIONS_SHOWN)
    lines = [_breakers(each, marks[each.index]) for each in shown if each.holds is not True]
    if lines:
        yield "\n" + "".join(lines)


def _breakers(each: answers.Expected, mark: str) -> str:
    """What is wrong with an expectation, and who breaks it."""
    whom = [f"{code(user.email or user.id)} ({words(user.status)})" for user in each.users]
    whom += [f"{code(absent)} (not there)" for absent in each.absent]
    more = each.broken - len(whom[:USERS_SHOWN])
    shown = [*whom[:USERS_SHOWN], *([f"{more:,} more"] if more > 0 else [])]
    names = f": {', '.join(shown)}" if whom and each.holds is False else ""
    said = code(each.name) if each.name is not None else words(each.expected)
    unsaid = words(wording.unsaid(each))
    return f"- {said}{mark}: {words(wording.broken_by(each))}{names}{unsaid and f'; {unsaid}'}\n"


def _changes(report: Report) -> Iterator[str]:
    found = report.comparison
    if found is None:
        return
    yield "### What changes\n\n"
    parts = [found] if found.causes is None else [found, found.causes.directory, found.causes.policies]
    causes = () if found.causes is None else (("by the directory", True), ("by the policies", True))
    yield table(("change", False), ("users", True), *causes)
    for change in compare.CHANGES:
        counts = [getattr(part, change) for part in parts]
        if change in ALWAYS or any(counts):
            yield row(change, *(f"{count:,}" for count in counts))
    if rows := compare.decisive(found):
        yield "\n" + table(("users", True), ("before", False), ("after", False))
        for each in rows[:REASONS_SHOWN]:
            yield row(f"{each.count:,}", _reason(each.before), _reason(each.after))
        yield _more(len(rows) - REASONS_SHOWN)
    if same := compare.idle(found):
        yield f"\n{words(same)}\n"


def _reason(reason: answers.Reason) -> str:
    return f"{words(reason.status)}: {words(reason.sentence)}"


def _why(report: Report) -> Iterator[str]:
    if not report.reasons:
        return
    yield "### Why\n\n"
    yield table(("users", True), ("verdict", False), ("why", False))
    for each in report.reasons[:REASONS_SHOWN]:
        yield row(f"{each.count:,}", words(each.status), words(each.sentence))
    yield _more(len(report.reasons) - REASONS_SHOWN)


def _found(report: Report) -> Iterator[str]:
    if not report.findings:
        return
    # Nearly every policy could ask for more: that is for whoever asks, not for whoever reads every change.
    rows = [each for each in report.findings if each.level != "suggestion"]
    rows.sort(key=lambda each: lint.rank(each.level))
    hints = len(report.findings) - len(rows)
    yield "### Findings\n\n"
    if rows:
        yield table(("level", False), ("where", False), ("what", False))
    for each in rows[:FINDINGS_SHOWN]:
        level = words(each.level.replace("_", " "))
        advice = f" {words(each.suggestion.capitalize())}." if each.suggestion else ""
        yield row(level, code(each.pointer), f"{words(each.sentence)}{advice} ({code(each.code)})")
    yield _more(len(rows) - FINDINGS_SHOWN)
    if hints:
        yield "\n" if rows else ""
        yield f"{counted(hints, 'suggestion')}, to be had by `--json` or `--sarif`.\n"


def _more(count: int) -> str:
    return f"\nAnd {count:,} more.\n" if count > 0 else ""
