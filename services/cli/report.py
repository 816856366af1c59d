"""What there is to say about a test that has ended: gathered in its parts, as JSON and to be read."""

import click
import msgspec
from msgspec import Raw, Struct

from services.cli import answers, failures
from services.cli.access import Access
from services.cli.client import Client
from services.cli.runs import TESTS

REFUSED, UNAVAILABLE = "refused", "unavailable"
"""How a test ends that has never begun; words of our own, beside the gateway's."""
NOTHING, NONE = Raw(b"[]"), Raw(b"null")


class Parts(Struct):
    """A report as it was answered; each part as the gateway has it under the path of its name."""

    test: Raw
    reasons: Raw = NOTHING
    comparison: Raw = NONE
    expectations: Raw = NOTHING
    findings: Raw = NOTHING
    directory: Raw = NONE


class Directory(Struct):
    """What was read of a directory in a file: lines, and the first of those left out."""

    rows_read: int = 0
    rows_rejected: int = 0
    errors: list[answers.Rejection] = []


class Report(Struct):
    """What a test says; `comparison` is there where it has a base, `directory` where that was a file."""

    test: answers.Test
    reasons: list[answers.Reason] = []
    comparison: answers.Comparison | None = None
    expectations: list[answers.Expected] = []
    findings: list[answers.Finding] = []
    directory: Directory | None = None

    @property
    def complete(self) -> bool:
        """Whether every user is decided."""
        return self.test.status == answers.COMPLETE

    @property
    def broken(self) -> list[answers.Expected]:
        """Expectations that do not hold."""
        return [each for each in self.expectations if each.holds is False]

    @property
    def open(self) -> list[answers.Expected]:
        """Expectations of which nobody can say whether they hold."""
        return [each for each in self.expectations if each.holds is None]


def of(parts: Parts) -> Report:
    """The report in its parts; raises Unavailable. What has no order of its own gets one."""
    report = answers.decode(msgspec.json.encode(parts), Report)
    report.reasons.sort(key=lambda each: (-each.count, each.key))
    if report.comparison is not None:
        report.comparison.reasons.sort(key=lambda each: (-each.count, each.before.key, each.after.key))
    return report


def failed(failure: click.ClickException) -> Report:
    """The report of a test that there is none of: what is wrong with the request is what was found."""
    wrong = failure.wrong if isinstance(failure, failures.Refused) else ()
    status = REFUSED if isinstance(failure, failures.Refused) else UNAVAILABLE
    found = [answers.Finding(REFUSED, "error", each.pointer, each.message) for each in wrong]
    return Report(answers.Test("", status, failure=failure.message), findings=found)


def as_json(parts: Parts) -> bytes:
    """The test as the gateway says it, with the other parts beside."""
    test = answers.decode(parts.test, dict[str, Raw])
    others = {name: getattr(parts, name) for name in Parts.__struct_fields__ if name != "test"}
    if bytes(parts.directory) == bytes(NONE):
        del others["directory"]
    return msgspec.json.encode({**test, **others})


async def gathered(spoken_to: Access, raw: bytes, *, based: bool) -> Parts:
    """All parts for a test that has ended, which the gateway said like this."""
    test, parts = answers.decode(raw, answers.Test), Parts(Raw(raw))
    if test.status not in (answers.COMPLETE, answers.EXCEEDED):
        return parts
    async with Client(spoken_to, patient=True) as client:

        async def part(name: str) -> Raw:
            return answers.decode(await client.get(f"{TESTS}/{test.id}/{name}"), answers.Answer).result

        parts.reasons, parts.findings = await part("reasons"), await part("findings")
        if test.status == answers.COMPLETE:
            parts.expectations = await part("expectations")
            try:
                parts.comparison = await part("comparison") if based else NONE
            except failures.Refused:  # the base was removed meanwhile
                parts.comparison = NONE
    return parts
