"""The results of a policy test as a file: asked for, on its way, sent. Ours, in the dialect of the rest."""

from msgspec import Struct

from services.gateway import transfers
from services.gateway.auth import Scope
from services.gateway.cloudflare import envelope, reasons
from services.gateway.cloudflare.endpoint import path_id
from services.gateway.downloads import Download
from services.gateway.routing import Answer, Call, Route
from shared.policy.plan import Plan
from shared.store import jobs, plans, policy_tests
from shared.store.jobs import Job
from shared.store.pool import acquire
from shared.wire.faults import Fault, Faulty
from shared.wire.results.forms import FORMS, asked, file_name
from shared.wire.results.progress import STATUS, ResultsExport
from shared.wire.transfer.requests import Format, Results

TEST = "/accounts/{account_id}/access/policy-tests/{policy_test_id}"
ONE = TEST + "/exports/{export_id}"


class Wanted(Struct, frozen=True):
    """Which format the file is to have, and whether the kind of each verdict's reason is to be in it."""

    format: Format = "csv"
    reasons: bool = False


async def begin(call: Call) -> Answer:
    """Answer POST …/policy-tests/{policy_test_id}/export."""
    test_id, wanted = path_id(call, "policy_test_id"), call.query
    async with acquire(call.resources.pool) as connection:
        run = await policy_tests.run(connection, call.account, test_id)
        if run is None:
            raise envelope.Failed(envelope.NOT_FOUND)
        if run.finished_at is None:
            raise envelope.in_use("the test has not ended, wait until it has")
        if wanted.reasons and not isinstance(await plans.plan(connection, call.account, test_id), Plan):
            raise Faulty(Fault(reasons.NONE))
    request = asked(test_id, wanted.format, reasons=wanted.reasons)
    return Answer(_export(await transfers.begin(call, request), request))


async def status(call: Call) -> Answer:
    """Answer GET …/exports/{export_id}."""
    job, request = await _found(call)
    return Answer(_export(job, request))


async def download(call: Call) -> Answer:
    """Answer GET …/exports/{export_id}/download.

    What a later export of the same results put in the place of this one's file has the same bytes.
    """
    job, request = await _found(call)
    if job.state != "FINISHED":
        raise envelope.in_use(_failure(job) or "the export has not finished, wait until it has")
    vault = call.resources.vault
    archive = await vault.find(call.account, request.coordinates)
    if archive is None or archive.heading.kind != "results":
        raise envelope.Failed(envelope.NOT_FOUND)
    pieces, media = vault.read(call.account, archive), FORMS[request.format].media
    return Answer(Download(file_name(request), media, archive.length, archive.digest, pieces))


async def _found(call: Call) -> tuple[Job, Results]:
    """The job of the path, and what it is to do; raises Failed for one that is no export of the test."""
    test_id, export_id = path_id(call, "policy_test_id"), path_id(call, "export_id")
    async with acquire(call.resources.pool) as connection:
        job = await jobs.get(connection, call.account, export_id)
    if job is None or not isinstance(job.request, Results) or job.request.test_id != test_id:
        raise envelope.Failed(envelope.NOT_FOUND)
    return job, job.request


def _export(job: Job, request: Results) -> ResultsExport:
    return ResultsExport(
        id=job.job_id,
        policy_test_id=request.test_id,
        format=request.format,
        reasons=request.reasons,
        status=STATUS[job.state],
        total_users=job.total,
        users_processed=job.done,
        percent_users_processed=job.percent,
        created_at=job.submitted_at,
        finished_at=job.stopped_at,
        failure=_failure(job),
    )


def _failure(job: Job) -> str | None:
    """Why a job ended without a file."""
    said = [entry.message for entry in job.log if entry.type == "ERROR"]
    return said[-1] if job.state == "ERROR" and said else None


READ = Scope.TESTS_READ
ROUTES = (
    Route(
        *("POST", TEST + "/export", READ, begin, "Write a test's results to a file", ResultsExport, 202),
        query=Wanted,
    ),
    Route("GET", ONE, READ, status, "How an export of results goes", ResultsExport),
    Route(
        *("GET", ONE + "/download", READ, download, "The file of an export of results", None),
        files=tuple(form.media for form in FORMS.values()),
    ),
)
