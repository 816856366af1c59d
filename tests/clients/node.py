"""Clients for Node.js: installed as their users install them, run by scripts that print JSON."""

import asyncio
import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.stack import Client

SCRIPTS = Path(__file__).parent
# What the scripts of a folder beside this file import.
PACKAGES = {
    "typescript": ("cloudflare@7.3.0",),
    "gitana": ("gitana@1.0.331", "cloudcms@0.2.38"),
}
# Nothing of a package's runs while it is installed, and nothing is written but the package.
QUIETLY = (
    "--no-package-lock",
    "--no-save",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    "--loglevel=error",
)
# Of whoever runs the tests, and heeded by clients.
STRAY = re.compile(r"CLOUDFLARE_|https?_proxy$|GITANA_", re.IGNORECASE)
INSTALL_SECONDS, TRIES, SCRIPT_SECONDS = 150, 3, 60
# Of a test, whose set-up may install.
WITH_INSTALLING = pytest.mark.timeout(TRIES * INSTALL_SECONDS + 2 * SCRIPT_SECONDS)
NO_NODE = "Node.js is not installed: it needs `node` and `npm`, of Debian's packages nodejs and npm"


def require_node() -> None:
    """Leave out what needs Node.js where there is none; where the suite has to be whole, fail."""
    if shutil.which("node") and shutil.which("npm"):
        return
    if os.environ.get("REQUIRE_NODE"):
        pytest.fail(NO_NODE)
    pytest.skip(NO_NODE)


def scripts(kind: str, cache: Path, folder: Path) -> Path:
    """The folder, made into one of the scripts of a kind and what they import."""
    require_node()
    shutil.copytree(SCRIPTS / kind, folder, dirs_exist_ok=True)
    (folder / "node_modules").symlink_to(installed(cache, PACKAGES[kind]))
    return folder


def installed(folder: Path, packages: tuple[str, ...]) -> Path:
    """The modules of some packages, in a folder that outlives the run: the largest has 120 MB."""
    kept = folder / "+".join(packages)
    if not kept.exists():
        with tempfile.TemporaryDirectory(dir=folder) as made:
            package = Path(made) / "package"
            package.mkdir()
            install(package, packages)
            # Another run may have been faster: its modules are as good, and may be in use.
            with contextlib.suppress(OSError):
                package.rename(kept)
    return kept / "node_modules"


def install(folder: Path, packages: tuple[str, ...]) -> None:
    """Install packages; what is fetched from elsewhere may take more than one try."""
    command = ["npm", "install", *QUIETLY, "--prefix", str(folder), *packages]
    for left in reversed(range(TRIES)):
        try:
            ended = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            if not left:
                raise
            continue
        assert ended.returncode == 0 or left, f"npm cannot install {packages}: {ended.stderr}"
        if ended.returncode == 0:
            break
    (folder / "node_modules" / ".package-lock.json").unlink()  # it says where from


async def run(folder: Path, script: str, client: Client, **given: Any) -> Any:
    """What a script prints of an account that it is `given` things for."""
    ours = {name: value for name, value in os.environ.items() if not STRAY.match(name)}
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
