"""Imports: of an archive into the account, or of its one policy into one that is there."""

from typing import Annotated

from msgspec import Meta

from services.gateway.auth import Scope
from services.gateway.cloudcms.answers import not_found
from services.gateway.cloudcms.transfers import configurations, job_documents, things
from services.gateway.cloudcms.transfers.addresses import TransferQuery, coordinates
from services.gateway.routing import Answer, Body, Call, Route
from shared.store import archives
from shared.store.pool import acquire
from shared.wire.cloudcms.configurations import ImportObject
from shared.wire.cloudcms.job_shapes import JobAnswer
from shared.wire.transfer.requests import Import

Ref = Annotated[str, Meta(max_length=1024)]


class TargetQuery(TransferQuery, frozen=True):
    """The same with where the archive goes: a reference of the platform, or of one policy."""

    target: Ref | None = None


async def into_policy(call: Call) -> Answer:
    """Answer POST /access/policies/{policy_id}/import."""
    return await _begin(call, await things.policy_of_path(call))


async def into_platform(call: Call) -> Answer:
    """Answer POST /import."""
    return await _begin(call, None)


async def into_target(call: Call) -> Answer:
    """Answer POST /transfer/import."""
    target = call.query.target
    return await _begin(call, await things.policy_of_reference(call, target) if target else None)


async def _begin(call: Call, policy: str | None) -> Answer:
    asked: TransferQuery = call.query
    told: ImportObject = call.body
    waits, called = asked.waits, coordinates(asked)
    carried, strategy = configurations.included(told), configurations.strategy(told)
    texts, dry = configurations.substitutions(told), configurations.said(told.dry_run, fallback=False)
    async with acquire(call.resources.pool) as connection:
        found = await archives.find(connection, call.account, called)
    if found is None or not found.heading.carries:
        raise not_found(f"archive `{called.file}`")
    request = Import(str(found.id), policy, strategy, texts, dry, carried, called)
    return Answer(await job_documents.begun(call, request, waits=waits))


BODY = Body(ImportObject, configurations.decode_import)
INTO_POLICY = "/access/policies/{policy_id}/import"
WRITE = Scope.TRANSFER_WRITE
ROUTES = (
    Route(
        *(
            "POST",
            INTO_POLICY,
            WRITE,
            into_policy,
            "Import an archive's policy into one that is there",
            JobAnswer,
        ),
        query=TransferQuery,
        body=BODY,
        waits=True,
    ),
    Route(
        *("POST", "/import", WRITE, into_platform, "Import an archive into the account", JobAnswer),
        query=TransferQuery,
        body=BODY,
        waits=True,
    ),
    Route(
        *(
            "POST",
            "/transfer/import",
            WRITE,
            into_target,
            "Import an archive where a reference says",
            JobAnswer,
        ),
        query=TargetQuery,
        body=BODY,
        waits=True,
    ),
)
