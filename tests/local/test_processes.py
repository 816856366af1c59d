"""Large files are read by several processes, and none of them is left when a run ends, however it ends."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from services.local import directory
from services.local.crew import Crew, processes
from services.local.messages import Ready
from services.local.process import Died
from tests.gateway.rows import ACME, policy
from tests.local.running import COMMAND, ENVIRONMENT, asked, parts, ran, reported, without

MANY = 2 * directory.PART_ROWS + 1000
OWN = ("id", "created_at", "started_at", "finished_at")


def users(number: int) -> bytes:
    """Every tenth stands there twice, the second time far from the first."""
    domains = ("acme.example", "b.example", "c.example")
    rows = [f'{{"email":"u{each}@{domains[each % 3]}"}}\n' for each in range(number)]
    return "".join(rows + rows[::10]).encode()


def children(process: int) -> set[int]:
    threads = Path(f"/proc/{process}/task").iterdir()
    return {int(each) for thread in threads for each in (thread / "children").read_text().split()}


def test_several_processes_find_what_one_does(tmp_path: Path) -> None:
    body = {"policies": [policy(ACME)], "expectations": [{"all": "approved"}, {"none": "approved"}]}
    whole, ended = users(MANY), ran(tmp_path, body, users(MANY))
    assert ended.code == 0, ended
    one = reported(asked(**body), whole, rows=len(whole))
    test = ended.document["test"]
    assert (test["users_approved"], test["total_users"]) == (one.test.users_approved, MANY)
    assert ended.document["directory"]["rows_read"] == MANY + -(-MANY // 10)
    shown = [
        [(each["email"], each["reason"]) for each in row["users"]] for row in ended.document["expectations"]
    ]
    assert shown == [[(each.email, each.reason) for each in row.users] for row in one.expectations]
    found = [(row["key"], row["count"]) for row in ended.document["reasons"]]
    assert found == [(row.key, row.count) for row in one.reasons]
    assert without(ended.document["expectations"], ("id", "users")) != []


def test_a_process_that_dies_is_told() -> None:
    members = processes(2)
    crew = Crew(members, asked(policies=[policy(ACME)]).task)
    os.kill(members[0]._process.pid, signal.SIGKILL)
    with pytest.raises(Died, match="ended by signal 9, perhaps for lack of memory"):
        crew.read(parts(users(5000), 100))
    crew.end()
    assert [each._process.poll() is not None for each in members] == [True, True]


def test_a_process_that_fails_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    members = processes(1)
    crew = Crew(members, asked(policies=[policy(ACME)]).task)
    members[0].send(b"\xc1")
    with pytest.raises(Died, match="ended with 1"):
        members[0].receive()
    with pytest.raises(Died):
        crew.ask(asked(policies=[policy(ACME)]).task, Ready)
    crew.end()
    assert "DecodeError" in capfd.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_a_run_is_stopped(tmp_path: Path, number: signal.Signals) -> None:
    """The file is a pipe that has more to come: the run is in the middle of reading it."""
    path = tmp_path / "users.ndjson"
    os.mkfifo(path)
    (tmp_path / "body.json").write_text(
        '{"policies":[{"name":"p","decision":"allow","include":[{"everyone":{}}]}]}'
    )
    with (tmp_path / "body.json").open("rb") as body:
        command = [*COMMAND, "--directory", str(path)]
        run = subprocess.Popen(command, stdin=body, stdout=subprocess.PIPE, env=ENVIRONMENT)
    with path.open("wb", buffering=0) as pipe, run:
        pipe.write(users(2 * MANY))  # two parts and more, or it would not take processes to read them
        readers = waited(lambda: children(run.pid))
        assert readers
        run.send_signal(number)
        assert run.wait(10) == -number
        assert waited(lambda: not any(alive(each) for each in readers))


def alive(process: int) -> bool:
    """A process that has ended and whom nobody has asked for is not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def waited(what):
    ends = time.monotonic() + 20
    while not (found := what()) and time.monotonic() < ends:
        time.sleep(0.02)
    return found
