"""A transfer while it runs: how it says how far it is, and learns that it is to stop."""

from typing import NamedTuple
from uuid import UUID

from shared.store.audit import Actor
from shared.store.pool import Connection


class Stopped(Exception):  # noqa: N818  # not an error: somebody asked for it, or somebody else has the job
    """The job was killed, or is another worker's by now."""


class Running:
    """A claimed job; `by` is whoever asked for it."""

    account: UUID
    job_id: UUID
    by: Actor

    async def total(self, items: int) -> None:
        """Say how many things there are."""

    async def done(self, items: int) -> None:
        """Say that so many more are done: written now and then. Raises Stopped."""

    async def say(self, message: str) -> None:
        """Add to the job's log."""

    async def finish(self, connection: Connection, result: object) -> None:
        """End the job in the transaction that makes its result visible; raises Stopped, which undoes that."""
