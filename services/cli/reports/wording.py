"""Sentences that several forms of report have in common."""

from collections import Counter

from services.cli import answers
from services.cli.report import REFUSED, Report


def counted(count: int, word: str) -> str:
    """So many of something."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def unfinished(report: Report) -> str:
    """How a test ended that did not decide every user."""
    test = report.test
    if test.status == answers.EXCEEDED:
        done = f"{test.percent_users_processed} % of {counted(test.total_users, 'user')}"
        return f"the time ran out when {done} were decided"
    why = first(test.failure or "") or test.state or test.status
    return f"the test was refused: {why}" if test.status == REFUSED else f"the test could not run: {why}"


def first(text: str) -> str:
    """The first line of several, and that there are more."""
    line, _, more = text.partition("\n")
    return f"{line} …" if more else line


def headline(report: Report) -> str:
    """Whether what was expected holds, in a line."""
    if not report.complete:
        return unfinished(report)
    if not report.expectations:
        return "complete, nothing was expected"
    many = counted(len(report.expectations), "expectation")
    wrong = [(report.broken, "broken"), (report.open, "open")]
    found = [f"{len(rows):,} of {many} {what}" for rows, what in wrong if rows]
    return f"does not hold: {', '.join(found)}" if found else f"holds: {many}"


def marks(report: Report) -> dict[int, str]:
    """What tells expectations of the same words from each other: their numbers, by their places."""
    called = Counter(each.words for each in report.expectations)
    rows = report.expectations
    return {each.index: f" ({each.index + 1})" if called[each.words] > 1 else "" for each in rows}


def breaking(row: answers.Expected) -> str:
    """What is wrong with an expectation."""
    return "; ".join(filter(None, (broken_by(row), unsaid(row))))


def broken_by(row: answers.Expected) -> str:
    """How many break an expectation, of how many."""
    if row.holds is None:
        return f"cannot be judged: {row.problem or 'nobody can say'}"
    verb = "breaks" if row.broken == 1 else "break"
    return f"{row.broken:,} of {counted(row.about, 'user')} {verb} it"


def unsaid(row: answers.Expected) -> str:
    """Of how many more nobody can say whether an expectation is about them; nothing if of none."""
    if row.holds is None or not row.unknown:
        return ""
    return f"of {row.unknown:,} more nobody can say whether they are meant"
