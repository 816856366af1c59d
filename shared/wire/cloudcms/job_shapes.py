"""Jobs as clients read and poll them: they stop when `state` is FINISHED or ERROR."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

from shared.wire.cloudcms.shapes import Moment

Percent = Annotated[int, Meta(ge=0, le=100)]
Count = Annotated[int, Meta(ge=0)]
Type = Literal["transfer-export", "transfer-import", "results-export"]


class LogEntry(Struct, frozen=True):
    """Something that happened to a job."""

    type: Literal["STATUS", "ERROR"]
    message: str
    timestamp: Moment


class Dependency(Struct, frozen=True, rename={"type": "typeId"}):
    """One thing on the way from the platform down to what a job is about."""

    type: str
    id: str
    ref: str


class JobData(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a job is to do: with which archive, about what, as which configuration says.

    `sources` are what is exported, `targets` where an import goes, each by its way down from the platform.
    """

    vault_id: str
    archive_group: str | UnsetType = UNSET
    archive_artifact: str | UnsetType = UNSET
    archive_version: str | UnsetType = UNSET
    sources: list[Dependency] | UnsetType = UNSET
    targets: list[Dependency] | UnsetType = UNSET
    configuration: dict[str, Any]


class JobDocument(Struct, frozen=True, kw_only=True):
    """A job. `percent`, `items_done` and `items_total`, which is null until they are counted, say how far.

    `_result` is there once the job has ended, where one job is read: of an export the archive; of an import
    all that was changed, and by `imports` what became of which source; of a dry run what would be.
    """

    id: str = field(name="_doc")
    type: Type
    state: Literal["WAITING", "RUNNING", "FINISHED", "ERROR"]
    platform_id: str = field(name="platformId")
    run_as_principal_id: str = field(name="runAsPrincipalId")
    run_as_principal_domain_id: str = field(name="runAsPrincipalDomainId")
    priority: int = 0
    attempts: Count
    schedule_start_ms: int
    submitted_by: str
    submitted_timestamp: Moment
    started: bool
    started_timestamp: Moment | UnsetType = UNSET
    stopped: bool
    stopped_timestamp: Moment | UnsetType = UNSET
    paused: Literal[False] = False
    current_thread: None = None
    current_server: None = None
    killed: bool
    percent: Percent
    items_done: Count
    items_total: Count | None
    log_entries: list[LogEntry]
    data: JobData = field(name="_data")
    result: Raw | UnsetType = field(name="_result", default=UNSET)


class JobAnswer(JobDocument, kw_only=True, frozen=True):
    """A job that was started or killed. `ok`, unless it was waited for and has ended as ERROR."""

    ok: bool
