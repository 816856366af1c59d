"""Parts of libraries, which import-linter sees only whole; that each of its contracts catches its case."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.repository import PACKAGES, ROOT, imported, modules, name_of, tree

SERVERS = ("services/gateway/", "services/worker/health.py")

# A file, what is planted in it, the contract that must say so.
PLANTED = [
    ("shared/wire/tokens.py", "import services.gateway", "deployables sit on top"),
    ("services/worker/work.py", "import services.gateway.pages", "deployables are a closed list"),
    ("services/site/__init__.py", "", "deployables are a closed list"),
    ("shared/policy/outcome.py", "import shared.wire.tokens", "shared is a closed list"),
    ("shared/queue/hints.py", "import shared.store.pool", "shared is a closed list"),
    ("shared/lore/__init__.py", "", "shared is a closed list"),
    ("shared/directory/email.py", "import shared.process.logs", "what a policy means"),
    ("shared/policy/facts.py", "import shared.process.settings", "what a policy means"),
    ("shared/wire/cloudflare/rules.py", "import shared.wire.directory.records", "never meet on the wire"),
    ("shared/wire/cloudcms/__init__.py", "import shared.wire.cloudflare", "never meet on the wire"),
    ("shared/wire/tokens.py", "import shared.wire.cloudflare.rules", "never meet on the wire"),
    ("shared/policy/entitlement/__init__.py", "import shared.policy.screening", "semantics never meet"),
    ("services/gateway/cloudcms/__init__.py", "import services.gateway.cloudflare", "in the gateway"),
    ("services/gateway/auth.py", "import services.gateway.cloudflare.envelope", "in the gateway"),
    ("services/gateway/lore.py", "", "in the gateway"),
    ("services/worker/plan.py", "import services.worker.evaluate", "each kind of job"),
    ("services/local/rows.py", "import services.local.part", "in a local run"),
    ("services/local/lore.py", "", "in a local run"),
    ("services/local/run.py", "import shared.store.pool", "needs no server"),
    ("services/gateway/pages.py", "import asyncpg", "only the store"),
    ("shared/wire/jobs.py", "import arq", "two doors"),
    ("services/worker/sweep.py", "import redis.asyncio", "two doors"),
    ("services/cli/render.py", "import shared.store.pool", "the CLI speaks HTTP"),
    ("services/cli/render.py", "import shared.directory.bitmaps", "the CLI speaks HTTP"),
    ("services/worker/plan.py", "import aiohttp", "HTTP ends"),
    ("shared/wire/faults.py", "import aiohttp", "HTTP ends"),
]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    return subprocess.run([*command, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_holds() -> None:
    ended = lint(ROOT)
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize(("file", "text", "contract"), PLANTED)
def test_a_contract_catches_what_it_is_for(copy: Path, file: str, text: str, contract: str) -> None:
    planted = copy / file
    planted.parent.mkdir(exist_ok=True)
    with planted.open("a") as target:
        target.write(f"\n{text}\n")
    ended = lint(copy)
    broken = " ".join(ended.stdout.partition("Broken contracts")[2].split())
    assert ended.returncode == 1, ended.stdout
    assert contract in broken


def serves(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    return "aiohttp.web" in text or "from aiohttp import web" in text


def test_only_the_gateway_and_a_workers_health_answer_http() -> None:
    servers = [name_of(path) for path in modules(*PACKAGES) if serves(path)]
    assert [name for name in servers if not name.startswith(SERVERS)] == []


def test_imports_are_absolute() -> None:
    relative = [
        name_of(path)
        for path in modules(*PACKAGES, "tests")
        for name in imported(tree(path))
        if name[:1] == "."
    ]
    assert relative == []
