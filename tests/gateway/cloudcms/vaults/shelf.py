"""One account's archives over HTTP."""

import io
from typing import Any

import aiohttp

from shared.wire.archive.manifest import Coordinates, Manifest
from shared.wire.archive.writing import Document, archive
from tests.stack import Answer, Client

ALL = "/vaults/primary/archives"
ZIP = {"Content-Type": "application/zip"}


def made(version: str = "1", *, documents: int = 1, group: str = "acme") -> bytes:
    """A sound archive."""
    head = Manifest(*(group, "access", version), contents={})
    return b"".join(
        archive(
            head,
            (
                Document(
                    f"policy://p/{number}", "policy", f"{number}", f"policies/{number}.json", b'{"title":"A"}'
                )
                for number in range(documents)
            ),
        )
    )


class Shelf:
    """The archives of an account."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def upload(self, data: bytes, **query: str) -> Answer:
        return await self.client.call("POST", ALL, data=io.BytesIO(data), params=query, headers=ZIP)

    async def uploaded(self, data: bytes, **query: str) -> str:
        answer = await self.upload(data, **query)
        assert (answer.status, answer.body["ok"]) == (200, True), answer
        return answer.body["_doc"]

    async def get(self, path: str = "", **query: str) -> Answer:
        return await self.client.call("GET", ALL + path, params=query)

    async def rows(self, **query: str) -> list[Any]:
        return (await self.get(**query)).body["rows"]

    async def query(self, wanted: Any, **query: str) -> list[Any]:
        return (await self.client.call("POST", f"{ALL}/query", json=wanted, params=query)).body["rows"]

    async def download(self, path: str, **query: str) -> tuple[int, dict[str, str], bytes]:
        headers = {"Authorization": f"Bearer {self.client.token}"}
        url = f"{self.client.url}{ALL}{path}"
        async with self.client.session.get(url, headers=headers, params=query) as response:
            return response.status, dict(response.headers), await response.read()

    async def delete(self, archive_id: str) -> Answer:
        return await self.client.call("DELETE", f"{ALL}/{archive_id}")


def form(name: str, data: bytes) -> aiohttp.FormData:
    made = aiohttp.FormData()
    made.add_field("note", "before it")
    made.add_field(name, data, filename="a.zip", content_type="application/zip;charset=utf-8")
    return made


def coordinates(version: str = "1") -> dict[str, str]:
    where = Coordinates("acme", "access", version)
    return {"group": where.group, "artifact": where.artifact, "version": where.version}
