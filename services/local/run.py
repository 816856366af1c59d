"""One test of one file, from its rows to the report."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path

from services.local import directory, merging, report
from services.local.crew import Crew, Here, Member, processes
from services.local.merging import Merged
from services.local.messages import (
    Gathered,
    Judge,
    Judged,
    Judgement,
    People,
    Person,
    Place,
    Search,
    Show,
    Suspects,
)
from services.local.report import Directory, Report
from services.local.request import Prepared
from shared.directory import bitmaps
from shared.wire.directory.batches import Raw
from shared.wire.directory.imports import ERRORS_LIMIT

# Beyond this one process that cuts the file is not quick enough for more of those that read it.
READERS_LIMIT = 8


def run(prepared: Prepared, path: Path) -> Report:
    """Test; raises Refused for a file that is no directory, Died, OSError."""
    started = datetime.now(UTC)
    with path.open("rb") as file:
        parts = directory.parts(file, directory.form_of(path))
        first = list(islice(parts, 2))
        crew = Crew(_members(len(first)), prepared.task)
        try:
            return _report(prepared, crew, chain(_emptied(first), parts), started)
        finally:
            crew.end()


def _members(parts: int) -> list[Member]:
    """Who reads: of one part it would take longer to start processes."""
    if parts < 2:  # noqa: PLR2004  # one
        return [Here()]
    return [*processes(min(_cores(), READERS_LIMIT))]


def _cores() -> int:
    """How many processes can run at the same time."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _emptied(some: list[Raw]) -> Iterator[Raw]:
    """Each of some parts, and nobody else holds it any more: it is large."""
    while some:
        yield some.pop(0)


def _report(prepared: Prepared, crew: Crew, parts: Iterator[Raw], started: datetime) -> Report:
    gathered = crew.read(parts)
    merged = _merged(crew, gathered)
    judged = _judged(crew, merged)
    rows, findings = report.reasoned(prepared.plan, judged)
    assessed = report.assessed(prepared, judged, merged.first)
    people = _people(crew, {place for each in assessed for place in each.first})
    return Report(
        report.progress(prepared, judged, started),
        rows,
        report.compared(prepared, judged),
        report.expected(prepared.plan, assessed, people),
        findings,
        _directory(gathered, merged),
    )


def _merged(crew: Crew, gathered: list[Gathered]) -> Merged:
    """What becomes of rows that are about the same users."""
    hashes = merging.shared_hashes(gathered)
    if not hashes:
        return Merged([], [], {})
    found = crew.ask(Search(bitmaps.encode(hashes)), Suspects)
    return merging.merged(suspect for each in found for suspect in each.found)


def _judged(crew: Crew, merged: Merged) -> list[Judged]:
    found = crew.ask(Judge(merged.mended), Judgement)
    return sorted((part for each in found for part in each.parts), key=lambda part: part.part)


def _people(crew: Crew, places: set[Place]) -> dict[Place, Person]:
    if not places:
        return {}
    found = crew.ask(Show(sorted(places)), People)
    return {person.place: person for each in found for person in each.found}


def _directory(gathered: list[Gathered], merged: Merged) -> Directory:
    refused = [*(each for part in gathered for each in part.rejections), *merged.rejections]
    refused.sort(key=lambda each: each.line)
    return Directory(sum(each.rows for each in gathered), len(refused), refused[:ERRORS_LIMIT])
