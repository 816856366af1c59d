"""Which archive a request is about, in the words of either kind of clients, and whether it waits."""

from typing import Annotated

from msgspec import Meta, Struct, field

from services.gateway.cloudcms.answers import not_found, refused
from shared.wire.archive.manifest import Coordinate, Coordinates
from shared.wire.results.forms import GROUP as RESULTS

VAULT = "primary"
"""The id of an account's one vault."""
SCHEDULES = {"synchronous": True, "asynchronous": False}
Word = Annotated[str, Meta(max_length=256)]


class ArchiveQuery(Struct, frozen=True):
    """The archive by its coordinates; each may be said in two ways."""

    group: Coordinate | None = None
    artifact: Coordinate | None = None
    version: Coordinate | None = None
    group_id: Coordinate | None = field(name="groupId", default=None)
    artifact_id: Coordinate | None = field(name="artifactId", default=None)
    version_id: Coordinate | None = field(name="versionId", default=None)


class TransferQuery(ArchiveQuery, frozen=True):
    """The archive, the vault that it is in (there is one), and when.

    A `synchronous` request waits for the job, though not for long.
    """

    vault: Word | None = None
    vault_id: Word | None = field(name="vaultId", default=None)
    schedule: Word | None = None

    @property
    def waits(self) -> bool:
        """Whether the answer is to wait for the job's end; raises Faulty."""
        if not self.schedule:
            return False
        if self.schedule.lower() not in SCHEDULES:
            raise refused(f"`schedule` is `{self.schedule[:32]}`: it is `synchronous` or `asynchronous`")
        return SCHEDULES[self.schedule.lower()]


def coordinates(asked: TransferQuery, fallback: Coordinates | None = None) -> Coordinates:
    """The archive's name, from a fallback where parts are not said; raises Faulty and Failed."""
    vault = _one("vault", asked.vault, asked.vault_id)
    if vault not in (None, VAULT):
        raise not_found(f"vault `{vault[:64]}`")
    return named(asked, fallback)


def named(asked: ArchiveQuery, fallback: Coordinates | None = None) -> Coordinates:
    """The same, whatever is said of the vault."""
    given = {
        "group": _one("group", asked.group, asked.group_id),
        "artifact": _one("artifact", asked.artifact, asked.artifact_id),
        "version": _one("version", asked.version, asked.version_id),
    }
    if fallback is None and (missing := [name for name, value in given.items() if value is None]):
        raise refused(f"which archive is to be read? `{'`, `'.join(missing)}` of it has to be said")
    return checked(Coordinates(*(value or getattr(fallback, name) for name, value in given.items())))


def checked(called: Coordinates) -> Coordinates:
    """Coordinates that archives may have; raises Faulty for those that files of results have."""
    if called.group == RESULTS:
        raise refused(f"`group` is `{RESULTS}`, where results of policy tests are: choose another one")
    return called


def _one(name: str, driver: str | None, seed: str | None) -> str | None:
    """A parameter by whichever of its two names; raises Faulty where these contradict."""
    if driver and seed and driver != seed:
        raise refused(f"`{name}` is `{driver[:64]}` and `{name}Id` is `{seed[:64]}`: say one of them")
    return driver or seed
