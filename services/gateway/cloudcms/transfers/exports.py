"""Exports: of one policy with what it cannot do without, or of all that the account has."""

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta

from services.gateway.auth import Scope
from services.gateway.cloudcms.answers import refused
from services.gateway.cloudcms.transfers import configurations, job_documents, things
from services.gateway.cloudcms.transfers.addresses import TransferQuery, coordinates
from services.gateway.routing import Answer, Body, Call, Route
from shared.wire.archive.manifest import Coordinates
from shared.wire.cloudcms.configurations import ExportObject, SourcesObject
from shared.wire.cloudcms.job_shapes import JobAnswer
from shared.wire.transfer.requests import Export, Label

GROUP, PLATFORM, POLICY = "gatehouse", "platform", "policy"
"""What an archive is called where nobody says."""
Text = Annotated[str, Meta(max_length=1024)]


class ExportQuery(TransferQuery, frozen=True):
    """What the archive is called; its version is the time if none is said. One of that name is replaced."""

    title: Text | None = None
    description: Text | None = None
    published: bool = False


async def of_policy(call: Call) -> Answer:
    """Answer POST /access/policies/{policy_id}/export."""
    return await _begin(call, await things.policy_of_path(call))


async def of_platform(call: Call) -> Answer:
    """Answer POST /export."""
    return await _begin(call, None)


async def of_source(call: Call) -> Answer:
    """Answer POST /transfer/export."""
    told: SourcesObject = call.body
    if not isinstance(told.sources, list) or len(told.sources) != 1:
        raise refused("`sources` is a list of one reference: what is to be exported", "/sources")
    return await _begin(call, await things.policy_of_reference(call, told.sources[0], "/sources/0"))


async def _begin(call: Call, policy: str | None) -> Answer:
    asked: ExportQuery = call.query
    label = Label(asked.title, asked.description, asked.published)
    called = coordinates(asked, _fallback(PLATFORM if policy is None else POLICY))
    request = Export(called, policy, label, configurations.included(call.body))
    return Answer(await job_documents.begun(call, request, waits=asked.waits))


def _fallback(artifact: str) -> Coordinates:
    return Coordinates(GROUP, artifact, datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ"))


OF_POLICY = "/access/policies/{policy_id}/export"
WRITE = Scope.TRANSFER_WRITE
ROUTES = (
    Route(
        *("POST", OF_POLICY, WRITE, of_policy, "Export an access policy as an archive", JobAnswer),
        query=ExportQuery,
        body=Body(ExportObject, configurations.decode_export),
        waits=True,
    ),
    Route(
        *("POST", "/export", WRITE, of_platform, "Export all that the account has as an archive", JobAnswer),
        query=ExportQuery,
        body=Body(ExportObject, configurations.decode_export),
        waits=True,
    ),
    Route(
        *("POST", "/transfer/export", WRITE, of_source, "Export what a reference names", JobAnswer),
        query=ExportQuery,
        body=Body(SourcesObject, configurations.decode_sources),
        waits=True,
    ),
)
