"""The transfer `import_archive`: read an archive into an account, all of it in one transaction, or nothing.

Its documents are read and checked before that begins: one after another, the items of lists put aside until
they are written. What is planned is made of what the account has under the locks of all who write to it.
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple, cast
from uuid import UUID

import msgspec

from services.worker.restoration import Restoration
from services.worker.running import RefusedInDetail, Running
from services.worker.spool import Spool
from services.worker.work import Work
from shared.directory.errors import Refused
from shared.store import arrivals, entitlements, restoring
from shared.store.archives import Archive as Kept
from shared.store.entitlements import Unchanged
from shared.store.pool import Connection, acquire, one_moment
from shared.wire.archive.reading import Archive
from shared.wire.cloudcms import references
from shared.wire.transfer import codec
from shared.wire.transfer.arrival import reading
from shared.wire.transfer.arrival.changes import Change, Imported, Moved, Outcome, counts, refusal
from shared.wire.transfer.arrival.needs import needs
from shared.wire.transfer.arrival.plan import Choice, plan
from shared.wire.transfer.arrival.planned import Planned
from shared.wire.transfer.arrival.selection import wanted
from shared.wire.transfer.arrival.substitution import Substitution
from shared.wire.transfer.arrival.things import Arrival, Group, Membership
from shared.wire.transfer.contents import Kind, Piece
from shared.wire.transfer.requests import Import

READING_SECONDS = 0.2
"""For so long documents are read before it is looked whether the job is to go on."""
THINGS = 500_000
BYTES = 256 * 1024 * 1024
"""Of all documents but lists: more than an account may have of what there are limits of."""
MEMBERS = 1_000_000
"""Of all groups: one can be written in a tenth of the bytes that it takes in memory."""
TOLD = 64 * 1024 * 1024
"""Characters of all changes that the job's result has: whoever polls it gets them each time."""
READING_LIMIT = 600.0
"""Seconds of processor time for all documents. A policy may have a second's worth of patterns."""
WITH_DIRECTORY = (Kind.GROUP, Kind.MEMBERSHIP)
"""What is written by whoever writes users, too: groups come with their records."""


async def import_archive(work: Work, running: Running, request: Import) -> None:
    """Do what an import asks for."""
    account = running.account
    archive = await work.vault.get(account, UUID(request.archive))
    if archive is None or not archive.heading.carries:
        raise Refused(f"there is no archive `{request.archive}` in the vault")
    with await work.vault.spool(account, archive) as file, tempfile.TemporaryFile() as aside:
        spool = Spool(cast("BinaryIO", aside))
        coming = await _coming(running, request, (archive, file), spool)
        await running.total(len(coming.arrivals))
        async with acquire(work.pool) as connection:
            await (_dry if request.dry_run else _written)(connection, running, request, coming)


class _Coming(NamedTuple):
    """The things of an archive, its digest, and where the items of its lists are."""

    arrivals: list[Arrival]
    digest: bytes
    spool: Spool


async def _coming(running: Running, request: Import, kept: tuple[Kept, BinaryIO], spool: Spool) -> _Coming:
    """Read an archive; raises Refused."""
    about, file = kept
    pieces = codec.pieces(await asyncio.to_thread(Archive, file))
    reader = _Reader(running.account, Substitution(request.substitutions), spool)
    found, size, members, seconds = list[Arrival](), 0, 0, 0.0
    while some := await asyncio.to_thread(_some, pieces, reader):
        await running.done(0)
        found += some.arrivals
        size, members, seconds = size + some.bytes, members + some.members, seconds + some.seconds
        if len(found) > THINGS or size > BYTES:
            raise Refused(f"the archive has more than {THINGS} things, or {BYTES} bytes of them but lists")
        if members > MEMBERS:
            raise Refused(f"the groups of the archive have more than {MEMBERS} members")
        if seconds > READING_LIMIT:
            raise Refused(f"to read the archive takes more than {READING_LIMIT:.0f} s: import it in parts")
    return _Coming(wanted(found, request.included), about.digest, spool)


class _Reader(NamedTuple):
    """How documents are read: for whom, with what in the place of which texts, and where items go."""

    account: UUID
    substitution: Substitution
    spool: Spool

    def arrival(self, piece: Piece) -> Arrival:
        """A thing that arrives, without its items."""
        found = reading.arrival(piece, self.account, self.substitution)
        if found.items is None:
            return found
        self.spool.put(found.key.id, found.items)
        return msgspec.structs.replace(found, items=None)


class _Some(NamedTuple):
    """Some things, how many bytes they take, how many members of groups they name.

    And how much of a processor's time it took to read them.
    """

    arrivals: list[Arrival]
    bytes: int
    members: int
    seconds: float


def _some(pieces: Iterator[Piece], reader: _Reader) -> _Some | None:
    """Some of the next things; None at the end."""
    ends, began = time.monotonic() + READING_SECONDS, time.thread_time()
    found, size, members = list[Arrival](), 0, 0
    for piece in pieces:
        found.append(reader.arrival(piece))
        members += _members(found[-1])
        size += len(piece.key.id) + (0 if piece.key.kind is Kind.LIST else len(piece.document))
        if time.monotonic() > ends or size > BYTES or members > MEMBERS:
            break
    return _Some(found, size, members, time.thread_time() - began) if found else None


def _members(arrival: Arrival) -> int:
    match arrival.thing:
        case Membership(users=members) | Group(members=members):
            return len(members)
        case _:
            return 0


async def _dry(connection: Connection, running: Running, request: Import, coming: _Coming) -> None:
    """Say what would be done."""
    async with one_moment(connection):
        version = (await entitlements.versions(connection, running.account)).entitlements
        planned = await _planned(connection, running, request, coming, version)
    await running.done(len(coming.arrivals))
    await _finish(connection, running, request, planned)


async def _written(connection: Connection, running: Running, request: Import, coming: _Coming) -> None:
    """Do it; raises RefusedInDetail."""
    directory = any(each.kind in WITH_DIRECTORY for each in coming.arrivals)
    planned = list[Planned]()
    try:
        async with connection.transaction():
            version = await restoring.hold(connection, running.account, directory=directory)
            planned += await _planned(connection, running, request, coming, version - 1)
            _check(running, request, planned)
            number = sum(each.writes for each in planned)
            await running.done(len(coming.arrivals) - number)
            await Restoration(connection, running, version, coming.spool).write(planned)
            await running.finish(connection, _outcome(running, request, planned))
    except Unchanged:
        await running.done(len(coming.arrivals))
        await _finish(connection, running, request, planned)


def _check(running: Running, request: Import, planned: Sequence[Planned]) -> None:
    """Raises RefusedInDetail for what cannot be, and Unchanged for what need not."""
    message = refusal([each.change for each in planned])
    if message is not None:
        raise RefusedInDetail(message, _outcome(running, request, planned))
    if not any(each.writes for each in planned):
        raise Unchanged


async def _finish(
    connection: Connection, running: Running, request: Import, planned: Sequence[Planned]
) -> None:
    async with connection.transaction():
        await running.finish(connection, _outcome(running, request, planned))


async def _planned(
    connection: Connection, running: Running, request: Import, coming: _Coming, version: int
) -> list[Planned]:
    """The changes. New ids are the same for the same archive and version of the entitlements."""
    wanted_of = await asyncio.to_thread(needs, coming.arrivals, request.policy)
    here = await arrivals.here(connection, running.account, wanted_of)
    seed = b"%s %s %d" % (running.account.bytes, coming.digest, version)
    choice = Choice(running.account, request.strategy, seed, request.policy)
    found = await asyncio.to_thread(plan, coming.arrivals, here, choice)
    if sum(_told(each.change) for each in found) > TOLD:
        raise Refused(f"what is to be told of the archive takes more than {TOLD} bytes: import it in parts")
    return found


def _told(change: Change) -> int:
    return sum(len(each or "") for each in (change.source, change.target, change.name, change.message))


def _outcome(running: Running, request: Import, planned: Sequence[Planned]) -> Outcome:
    changes = [each.change for each in planned]
    policies = [
        each for each in changes if each.kind == Kind.POLICY.value and each.action != "refuse" and each.target
    ]
    imports = [
        Imported((_policy("platform", each.source),), (_policy(running.account.hex, each.target or ""),))
        for each in policies
    ]
    return Outcome(request.dry_run, counts(changes), changes, imports)


def _policy(platform: str, own: str) -> Moved:
    kind = "accessPolicy"
    return Moved(kind, own, str(references.Reference(kind, (platform, own))))
