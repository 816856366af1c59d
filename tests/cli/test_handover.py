import asyncio
import sys
from pathlib import Path

import pytest

from services.cli import handover

COMMANDS = [
    *(("migrate",), ("account", "create"), ("token", "create"), ("token", "revoke")),
    *(("client", "create"), ("client", "revoke")),
    *(("login", "create"), ("login", "password"), ("login", "disable")),
]


@pytest.mark.parametrize("arguments", COMMANDS)
async def test_the_operators_commands_are_its_own(run, arguments: tuple[str, ...]):
    ended = await run(*arguments, "--help")
    assert ended.code == 0
    assert f"Usage: gatehouse {' '.join(arguments)}" in ended.out
    assert "Example:" in ended.out


async def test_the_standalone_answers_for_itself(run):
    ended = await run("standalone", "--help")
    assert ended.code == 0
    assert "--data-dir" in ended.out


async def test_arguments_arrive_as_they_were_given(run):
    ended = await run("account", "--", "create")
    assert ended.code == 2
    assert "create NAME" in ended.err or "Missing argument 'NAME'" in ended.err


async def test_a_folder_called_services_does_not_get_in_between(environment, tmp_path: Path):
    foreign = tmp_path / "services" / "operator"
    foreign.mkdir(parents=True)
    (foreign / "__main__.py").write_text("raise SystemExit(99)")
    start = "from services.cli.__main__ import gatehouse; gatehouse(['token', '--help'])"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-c", start, cwd=tmp_path, env=environment, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    assert b"revoke" in out


def test_the_working_directory_counts_only_when_it_is_ours(monkeypatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    assert handover.interpreter() == [sys.executable, "-P"]
    monkeypatch.chdir(Path(__file__).parents[2])
    assert handover.interpreter() == [sys.executable]
