"""The official TypeScript client: installed as its users install it, run by scripts that print JSON."""

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.stack import Client

PACKAGE = "cloudflare@7.3.0"
SCRIPTS = Path(__file__).parent / "typescript"
# Nothing of the package's runs while it is installed, and nothing is written but the package.
QUIETLY = (
    "--no-package-lock",
    "--no-save",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    "--loglevel=error",
)
INSTALL_SECONDS, SCRIPT_SECONDS = 150, 60
NO_NODE = "Node.js is not installed: it needs `node` and `npm`, of Debian's packages nodejs and npm"


def require_node() -> None:
    """Leave out what needs Node.js where there is none; where the suite has to be whole, fail."""
    if shutil.which("node") and shutil.which("npm"):
        return
    if os.environ.get("REQUIRE_NODE"):
        pytest.fail(NO_NODE)
    pytest.skip(NO_NODE)


def installed(folder: Path) -> Path:
    """The modules of the package, in a folder that outlives the run: it has 120 MB."""
    modules = folder / PACKAGE / "node_modules"
    if not modules.exists():
        with tempfile.TemporaryDirectory(dir=folder) as made:
            package = Path(made) / "package"
            package.mkdir()
            install(package)
            # Another run may have been faster: its modules are as good, and may be in use.
            with contextlib.suppress(OSError):
                package.rename(folder / PACKAGE)
    return modules


def install(folder: Path) -> None:
    command = ["npm", "install", *QUIETLY, "--prefix", str(folder), PACKAGE]
    ended = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
    )
    assert ended.returncode == 0, f"npm cannot install {PACKAGE}: {ended.stderr}"
    (folder / "node_modules" / ".package-lock.json").unlink()  # it says where from


async def run(folder: Path, script: str, client: Client, **given: Any) -> Any:
    """What a script prints of an account that it is `given` things for."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("CLOUDFLARE_")}
    known = {"URL": client.url, "ACCOUNT": client.account, "TOKEN": client.token, "GIVEN": json.dumps(given)}
    process = await asyncio.create_subprocess_exec(
        *("node", f"{script}.mjs"),
        cwd=folder,
        env={**ours, **known},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), SCRIPT_SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, err.decode()
    return json.loads(out)
