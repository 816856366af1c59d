"""Jobs as clients see them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET

from services.gateway import transfers
from services.gateway.cloudcms.transfers.addresses import VAULT
from services.gateway.routing import Call
from shared.store.jobs import Job
from shared.wire.cloudcms import references
from shared.wire.cloudcms.job_shapes import Dependency, JobAnswer, JobData, JobDocument, LogEntry, Type
from shared.wire.cloudcms.references import DOMAIN, Reference
from shared.wire.cloudcms.shapes import Moment
from shared.wire.cloudcms.system import moment
from shared.wire.transfer.requests import Export, Import, Included, Request, Results

TYPES: dict[type[Request], Type] = {
    Export: "transfer-export",
    Import: "transfer-import",
    Results: "results-export",
}


async def begun(call: Call, request: Request, *, waits: bool) -> JobAnswer:
    """Start a job, and wait for it if that is asked for; raises Crowded."""
    job = await transfers.begin(call, request)
    if waits:
        job = await transfers.ended(call, job)
    return answered(call.account, job, ok=job.state != "ERROR")


def answered(account: UUID, job: Job, *, ok: bool) -> JobAnswer:
    """A job, and whether what was asked of it is done."""
    shown = document(account, job)
    return JobAnswer(**{name: getattr(shown, name) for name in shown.__struct_fields__}, ok=ok)


def document(account: UUID, job: Job) -> JobDocument:
    """A job."""
    started, stopped = job.started_at, job.stopped_at
    return JobDocument(
        id=job.job_id.hex,
        type=TYPES[type(job.request)],
        state=job.state,
        platform_id=account.hex,
        run_as_principal_id=job.by.token_id,
        run_as_principal_domain_id=DOMAIN,
        attempts=job.attempt,
        schedule_start_ms=int(job.submitted_at.timestamp() * 1000),
        submitted_by=job.by.name,
        submitted_timestamp=_moment(job.submitted_at),
        started=started is not None,
        started_timestamp=UNSET if started is None else _moment(started),
        stopped=stopped is not None,
        stopped_timestamp=UNSET if stopped is None else _moment(stopped),
        killed=job.killed,
        percent=job.percent,
        items_done=job.done,
        items_total=job.total,
        log_entries=[
            LogEntry(each.type, each.message, _moment(datetime.fromtimestamp(each.timestamp / 1000, UTC)))
            for each in job.log
        ],
        data=_data(account, job.request),
        result=job.result if bytes(job.result) else UNSET,
    )


def _moment(at: datetime) -> Moment:
    return Moment(**moment(at))


def _data(account: UUID, request: Request) -> JobData:
    called, way = request.coordinates, _way(account, request)
    return JobData(
        vault_id=VAULT,
        archive_group=UNSET if called is None else called.group,
        archive_artifact=UNSET if called is None else called.artifact,
        archive_version=UNSET if called is None else called.version,
        sources=UNSET if isinstance(request, Import) else way,
        targets=way if isinstance(request, Import) else UNSET,
        configuration=_configuration(request),
    )


def _way(account: UUID, request: Request) -> list[Dependency]:
    """From the platform down to what a job is about."""
    way = [references.platform(account)]
    match request:
        case Results():
            way.append(Reference("policyTest", (account.hex, str(request.test_id))))
        case Export(policy=str(policy)) | Import(policy=str(policy)):
            way.append(references.policy(account, policy))
    return [Dependency(each.type, each.id, str(each)) for each in way]


def _configuration(request: Request) -> dict[str, Any]:
    """What a job's body said, as it was understood."""
    match request:
        case Export():
            return _included(request.included)
        case Import():
            ids = {"strategy": request.strategy.value, "substitutions": request.substitutions}
            return {**_included(request.included), **ids, "dryRun": request.dry_run}
        case Results():
            return {"format": request.format}


def _included(carried: Included) -> dict[str, bool]:
    names = ("includeACLs", "includeTeams", "includeTeamMembers", "includeRoles")
    return dict(zip(names, msgspec.structs.astuple(carried), strict=True))
