"""What is asked of exports, imports, jobs, archives: for every route each position where an id can stand."""

from tests.gateway.cloudcms.sent import Sent
from tests.gateway.tenants import HOLE
from tests.stack import Client

# Which archive, in the words of drivers and of the seed.
NAMES = ("group", "artifact", "version")
CALLED = (
    Sent("name", {}, dict.fromkeys(NAMES, HOLE)),
    Sent("name", {}, dict.fromkeys((f"{name}Id" for name in NAMES), HOLE)),
    *(Sent(None, {}, {"version": "1", name: HOLE}) for name in ("vault", "vaultId")),
    Sent("name", {}, {"version": "1", "title": HOLE, "description": HOLE}),
)
WHERE = {"group": "<archive_group>", "artifact": "access", "version": "1"}
DRY = {"dryRun": True}
READ = (
    Sent("archive_group", DRY, {**WHERE, "group": HOLE}),
    *(Sent(None, DRY, {**WHERE, name: HOLE}) for name in (*NAMES[1:], "vault", "vaultId")),
    Sent("archive_group", DRY, {**WHERE, "groupId": HOLE, "group": HOLE}),
    *(Sent(None, DRY, {**WHERE, f"{name}Id": HOLE}) for name in NAMES[1:]),
)
LOOKED_UP = (
    Sent("archive_group", None, {**WHERE, "group": HOLE}),
    *(Sent(None, None, {**WHERE, name: HOLE}) for name in (*NAMES[1:], *(f"{name}Id" for name in NAMES))),
)
ARCHIVES = "/vaults/{vault_id}/archives"
CARRIED: dict[str, tuple[Sent, ...]] = {
    "POST /access/policies/{policy_id}/export": CALLED,
    "POST /export": CALLED,
    "POST /transfer/export": (
        *(Sent(kind, {"sources": [HOLE]}, {"version": "1"}) for kind in ("platform_ref", "policy_ref")),
        *(each._replace(body={"sources": ["<platform_ref>"]}) for each in CALLED),
    ),
    "POST /access/policies/{policy_id}/import": READ,
    "POST /import": READ,
    "POST /transfer/import": (
        *(Sent(kind, DRY, {**WHERE, "target": HOLE}) for kind in ("platform_ref", "policy_ref")),
        *READ,
    ),
    "GET /vaults": (),
    "POST /vaults/query": (Sent(None, {"title": HOLE}),),
    "GET /vaults/{vault_id}": (),
    f"GET {ARCHIVES}": (),
    f"POST {ARCHIVES}": (Sent("name", None, {"title": HOLE, "description": HOLE}),),
    f"POST {ARCHIVES}/query": (
        Sent("archive", {"_doc": HOLE}),
        Sent("archive_group", {"group": HOLE}),
        Sent(None, {"$or": [{"title": HOLE}, {"_system.created_by": HOLE}]}),
    ),
    f"GET {ARCHIVES}/lookup": LOOKED_UP,
    f"GET {ARCHIVES}/download": LOOKED_UP,
    f"GET {ARCHIVES}/{{archive_id}}": (),
    f"GET {ARCHIVES}/{{archive_id}}/download": (),
    f"DELETE {ARCHIVES}/{{archive_id}}": (),
    f"POST {ARCHIVES}/{{archive_id}}/delete": (),
    "GET /jobs/{job_id}": (),
    "GET /jobs/{job_id}/poll": (),
    "POST /jobs/{job_id}/kill": (),
    "POST /jobs/query": (Sent("job", {"_doc": HOLE}), Sent("archive_group", {"_data.archiveGroup": HOLE})),
    "POST /jobs/{state}/query": (Sent("job", {"_doc": HOLE}),),
    "GET /jobs/{state}/query": (),
}


async def exported(client: Client, group: str) -> tuple[str, str]:
    """The id of an export of the whole platform, which has ended, and of its archive."""
    where = {"group": group, "artifact": "access", "version": "1"}
    answer = await client.call("POST", "/export", params={**where, "schedule": "synchronous", "title": group})
    assert (answer.status, answer.body["state"]) == (200, "FINISHED"), answer
    found = await client.call("GET", "/vaults/primary/archives/lookup", params=where)
    return answer.body["_doc"], found.body["_doc"]
