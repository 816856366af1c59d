"""A real server that speaks S3 and checks signatures, with one bucket."""

import asyncio
import os
import re
import sysconfig
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

KEY, SECRET = "gatehouse", "a-secret-of-nobody"


class Bucket(NamedTuple):
    url: str
    folder: Path
    environment: dict[str, str]

    def files(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]


@asynccontextmanager
async def bucket(folder: Path) -> AsyncIterator[Bucket]:
    """A bucket that is there until the block ends."""
    (folder / "archives").mkdir()
    server = await asyncio.create_subprocess_exec(
        *(Path(sysconfig.get_path("scripts")) / "rclone", "serve", "s3", folder),
        *("--addr", "127.0.0.1:0", "--auth-key", f"{KEY},{SECRET}"),
        env={**os.environ, "RCLONE_CONFIG": str(folder / "none.conf")},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert server.stderr is not None
        async with asyncio.timeout(30):
            while (
                found := re.search(rb"server on \[(http://\S+)/\]", await server.stderr.readline())
            ) is None:
                pass
        draining = asyncio.create_task(server.stderr.read())
        environment = {
            "AWS_ENDPOINT_URL": found[1].decode(),
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "nowhere-1",
            "NO_PROXY": "127.0.0.1",
        }
        yield Bucket("s3://archives/of/gatehouse", folder / "archives", environment)
    finally:
        if server.returncode is None:
            server.kill()
        await server.wait()
    await draining
