import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from services.standalone import home
from services.standalone.postgres import Postgres
from services.standalone.valkey import Valkey

SECONDS = 30
POLICIES = {"policies": [{"name": "all", "decision": "allow", "include": [{"everyone": {}}]}]}
ANN = b'{"email": "ann@a.example", "name": "Ann"}\n'
INHERITED = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("GATEHOUSE_", "DATABASE_URL", "REDIS_URL"))
}


class Running:
    """A standalone as its user starts it."""

    def __init__(self, data: Path, *options: str, **environment: str) -> None:
        self.data = data
        data.parent.mkdir(parents=True, exist_ok=True)
        self.said = data.parent / f"said-{time.monotonic_ns()}"
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "services.standalone", *self.options(data), *options],
                stdout=said,
                stderr=subprocess.STDOUT,
                env=INHERITED | environment,
            )

    @staticmethod
    def options(data: Path) -> list[str]:
        return ["--port", "0", "--workers", "1", "--data-dir", str(data)]

    @property
    def credentials(self) -> dict[str, str]:
        return json.loads((self.data / "credentials.json").read_text())

    def ready(self) -> "Running":
        until(lambda: "Gatehouse is ready" in self.said.read_text() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said.read_text()
        return self

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(SECONDS)

    def ask(self, path: str, body: bytes | None = None, media: str = "application/json") -> Any:
        known = self.credentials
        headers = {"Authorization": f"Bearer {known['token']}", "Content-Type": media}
        request = Request(f"{known['url']}/accounts/{known['account_id']}/{path}", body, headers)
        with urlopen(request, timeout=10) as response:
            return json.load(response)["result"]


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def processes() -> dict[int, tuple[int, str]]:
    """Parent and state of every process."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = status.read_text().rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        found[int(status.parent.name)] = (int(parent), state)
    return found


def offspring(root: int) -> set[int]:
    """A process's children, theirs, and so on."""
    parents = processes()
    found = {root}
    while more := {pid for pid, (parent, _) in parents.items() if parent in found} - found:
        found |= more
    return found - {root}


def alive(pids: set[int]) -> set[int]:
    # One that is dead and has not been waited for by its parent is a zombie.
    return {pid for pid, (_, state) in processes().items() if pid in pids and state != "Z"}


def finished_test(running: Running) -> str:
    """A directory of one user and a finished test of it; the test's id."""
    started = running.ask("directory/imports", ANN, "application/x-ndjson")
    until(lambda: running.ask(f"directory/imports/{started['id']}")["status"] == "complete")
    test = running.ask("access/policy-tests", json.dumps(POLICIES).encode())["id"]
    until(lambda: running.ask(f"access/policy-tests/{test}")["status"] == "complete")
    return test


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    directory = tmp_path / "gatehouse"
    yield directory
    home.remove(directory / "postgres")


@pytest.fixture
def standalone(data: Path) -> Iterator[Running]:
    """One of the test's own, to be stopped or killed."""
    started = Running(data)
    yield started.ready()
    started.process.kill()
    started.process.wait()


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One that every test leaves running."""
    started = Running(tmp_path_factory.mktemp("lasting") / "gatehouse")
    yield started.ready()
    assert started.stop() == 0
    home.remove(started.data / "postgres")


def test_data_and_credentials_survive_a_stop_that_leaves_nothing_behind(standalone: Running) -> None:
    test = finished_test(standalone)
    known = standalone.credentials
    assert (standalone.data / "credentials.json").stat().st_mode & 0o777 == 0o600
    started = offspring(standalone.process.pid)
    assert len(started) > 4
    assert standalone.stop() == 0
    assert not alive(started)
    again = Running(standalone.data).ready()
    assert again.credentials | {"url": ""} == known | {"url": ""}
    assert again.ask(f"access/policy-tests/{test}")["users_approved"] == 1
    assert again.stop() == 0


def test_data_survives_the_sudden_death_of_everything(standalone: Running) -> None:
    test = finished_test(standalone)
    for pid in [standalone.process.pid, *offspring(standalone.process.pid)]:
        with contextlib.suppress(ProcessLookupError):  # some go with their parent
            os.kill(pid, signal.SIGKILL)
    again = Running(standalone.data).ready()
    assert again.ask(f"access/policy-tests/{test}")["users_approved"] == 1
    assert again.stop() == 0


def test_nothing_outlives_a_standalone_that_is_killed(standalone: Running) -> None:
    started = offspring(standalone.process.pid)
    standalone.process.kill()
    until(lambda: not alive(started))


def test_a_second_one_on_the_same_data_refuses(lasting: Running) -> None:
    second = Running(lasting.data)
    assert second.process.wait(SECONDS) == 3
    assert f"process {lasting.process.pid} already serves `{lasting.data}`" in second.said.read_text()
    assert lasting.ask("access/policy-tests", json.dumps(POLICIES).encode())["id"]


def test_parts_that_die_are_started_again(lasting: Running) -> None:
    for pid in offspring(lasting.process.pid):
        if "services.worker" in Path(f"/proc/{pid}/cmdline").read_text():
            os.kill(pid, signal.SIGKILL)
    assert finished_test(lasting)
    assert "`worker-1` died; starting it again" in lasting.said.read_text()


def test_a_lost_token_is_replaced_and_the_account_kept(standalone: Running) -> None:
    test = finished_test(standalone)
    known = standalone.credentials
    assert standalone.stop() == 0
    (standalone.data / "credentials.json").write_text(json.dumps(known | {"token": "gate_lost"}))
    again = Running(standalone.data).ready()
    assert again.credentials["account_id"] == known["account_id"]
    assert again.ask(f"access/policy-tests/{test}")["total_users"] == 1
    assert again.stop() == 0


def authorized(running: Running) -> dict[str, Any]:
    """The second dialect's answer to the client and the login of the credentials."""
    known = running.credentials
    names = {"client_id": "client_key", "client_secret": "client_secret"}
    form = {name: known[key] for name, key in names.items()}
    form |= {"grant_type": "password", "username": known["username"], "password": known["password"]}
    with urlopen(f"{known['url']}/oauth/token", urlencode(form).encode(), timeout=10) as response:
        token = json.load(response)["access_token"]
    request = Request(f"{known['url']}/auth/info", headers={"Authorization": f"Bearer {token}"})
    with urlopen(request, timeout=10) as response:
        return json.load(response)


def test_credentials_of_an_earlier_version_get_a_client_and_a_login(standalone: Running) -> None:
    known = standalone.credentials
    assert authorized(standalone)["principalName"] == known["username"] == "admin"
    assert standalone.stop() == 0
    file = standalone.data / "credentials.json"
    earlier = {name: known[name] for name in ("url", "account_id", "token")}
    file.write_text(json.dumps(earlier))
    again = Running(standalone.data).ready()
    assert again.credentials | {"url": ""} == again.credentials | earlier | {"url": ""}
    assert again.credentials["client_key"] != known["client_key"]
    assert authorized(again)["tenantId"] == known["account_id"]
    assert file.stat().st_mode & 0o777 == 0o600
    assert again.stop() == 0


def test_a_port_in_use_is_said(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = Running(data, "--port", str(port))
        assert refused.process.wait(SECONDS) == 3
    assert f"port `{port}` of `127.0.0.1` is in use; choose another with --port" in refused.said.read_text()


def test_wrong_settings_are_said_all_at_once(data: Path) -> None:
    refused = Running(data, GATEHOUSE_POOL_SIZE="many", GATEHOUSE_LEASE_SECONDS="-1")
    assert refused.process.wait(SECONDS) == 2
    said = refused.said.read_text()
    assert "GATEHOUSE_POOL_SIZE" in said
    assert "GATEHOUSE_LEASE_SECONDS" in said


def test_a_part_that_keeps_dying_ends_it_with_the_reason(data: Path, tmp_path: Path) -> None:
    fault = tmp_path / "fault"
    fault.mkdir()
    (fault / "sitecustomize.py").write_text(
        "import sys\nif 'services.worker' in sys.orig_argv:\n    sys.exit('no work today')\n"
    )
    path = os.pathsep.join(filter(None, [str(fault), os.environ.get("PYTHONPATH")]))
    failed = Running(data, PYTHONPATH=path)
    assert failed.process.wait(60) == 1
    said = failed.said.read_text()
    assert "`worker-1` died 5 times in a row" in said
    assert "no work today" in said


async def test_configured_servers_are_used_and_left_running(data: Path, tmp_path: Path) -> None:
    async with Postgres(tmp_path / "theirs") as postgres, Valkey(tmp_path / "queue") as valkey:
        running = Running(data, DATABASE_URL=postgres.dsn, REDIS_URL=valkey.url)
        try:
            await asyncio.to_thread(running.ready)
            assert await asyncio.to_thread(finished_test, running)
        finally:
            assert await asyncio.to_thread(running.stop) == 0
        assert postgres.running
        assert valkey.running
        assert not (data / "postgres").exists()
        assert not (data / "valkey").exists()
    await postgres.remove()
