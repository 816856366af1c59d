"""Exports of results, from asking for one to its file."""

import asyncio
import base64
import hashlib
from typing import Any, NamedTuple

from tests.stack import Answer, Client

TESTS = "{a}/access/policy-tests"


class File(NamedTuple):
    """An answer that is a file."""

    status: int
    headers: dict[str, str]
    data: bytes

    @property
    def whole(self) -> bool:
        """Whether length and digest are those that were said before the bytes."""
        said = base64.b64encode(hashlib.sha256(self.data).digest()).decode()
        length = int(self.headers["Content-Length"])
        return (length, self.headers["Repr-Digest"]) == (len(self.data), f"sha-256=:{said}:")


async def asked(client: Client, test_id: str, form: str = "csv", *, reasons: bool = False) -> Answer:
    wanted = {"format": form, **({"reasons": "true"} if reasons else {})}
    return await client.call("POST", f"{TESTS}/{test_id}/export", params=wanted)


async def ended(client: Client, test_id: str, export_id: str, seconds: float = 60) -> Any:
    async with asyncio.timeout(seconds):
        while True:
            found = (await client.call("GET", f"{TESTS}/{test_id}/exports/{export_id}")).result
            if found["status"] != "processing":
                return found
            await asyncio.sleep(0.02)


async def downloaded(client: Client, test_id: str, export_id: str) -> File:
    path = TESTS.replace("{a}", f"/accounts/{client.account}")
    url = f"{client.url}{path}/{test_id}/exports/{export_id}/download"
    headers = {"Authorization": f"Bearer {client.token}"}
    async with client.session.get(url, headers=headers) as response:
        return File(response.status, dict(response.headers), await response.read())


async def exported(client: Client, test_id: str, form: str = "csv", *, reasons: bool = False) -> File:
    """The file of a test's results."""
    export = (await asked(client, test_id, form, reasons=reasons)).result
    after = await ended(client, test_id, export["id"])
    assert after["status"] == "complete", after
    return await downloaded(client, test_id, export["id"])
