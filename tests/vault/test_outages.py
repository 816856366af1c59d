"""Places that cannot take or give what is kept there."""

import asyncio
import errno
import os
import resource
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from shared.store.errors import TRANSIENT
from shared.vault.errors import Unreachable
from shared.vault.vault import Vault
from tests.vault.bucket import bucket
from tests.vault.keeping import MIB, Keeper

NOWHERE = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ALLOW_HTTP": "true", "AWS_ACCESS_KEY_ID": "none"}


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"file://{tmp_path}/archives"


def elsewhere(keeper: Keeper, url: str) -> Keeper:
    """The same account, whose archives go elsewhere."""
    settings = replace(keeper.vault._settings, archives_url=url)
    return Keeper(Vault(settings, keeper.connections), keeper.connections, keeper.account)


@contextmanager
def files_of_at_most(length: int):
    """What a process feels of a disk without room."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (length, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_disk_without_room_is_told_by_its_number_and_nothing_stays_there(keeper):
    older = await keeper.keep(b"older")
    with files_of_at_most(MIB), pytest.raises(Unreachable) as full:
        await keeper.keep(os.urandom(4 * MIB))
    assert full.value.errno == errno.EFBIG
    assert await keeper.vault.every(keeper.account) == [older]
    await keeper.swept()
    assert (await keeper.parcels(), await keeper.pieces()) == (1, 1)


@pytest.mark.parametrize("secret", ["none", None], ids=["away", "without a password"])
async def test_a_server_that_is_away_is_a_passing_fault_and_holds_nobody_else_up(keeper, monkeypatch, secret):
    for name, value in NOWHERE.items():
        monkeypatch.setenv(name, value)
    if secret is not None:
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    away = elsewhere(keeper, "s3://archives")
    with pytest.raises(TRANSIENT, match="the place of archives cannot be used now") as fault:
        await away.keep(b"lost")
    assert isinstance(fault.value, Unreachable)
    dropped = await keeper.keep(b"dropped")
    await keeper.vault.drop(keeper.account, dropped.id)
    await keeper.swept()
    assert (await keeper.parcels(), await keeper.pieces()) == (1, 0)


async def test_a_place_that_cannot_be_opened_keeps_no_other_from_being_swept(keeper, tmp_path):
    lost = elsewhere(keeper, f"file://{tmp_path}/others")
    await lost.vault.drop(keeper.account, (await lost.keep(b"lost")).id)
    (tmp_path / "others").rename(tmp_path / "moved")
    (tmp_path / "others").touch()
    await keeper.vault.drop(keeper.account, (await keeper.keep(b"dropped")).id)
    await keeper.swept()
    assert (await keeper.parcels(), await keeper.pieces()) == (1, 0)


async def test_what_could_not_be_swept_is_swept_when_its_server_is_back(keeper, monkeypatch, tmp_path):
    async with bucket(tmp_path) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        there = elsewhere(keeper, server.url)
        await there.vault.drop(keeper.account, (await there.keep(os.urandom(5 * MIB))).id)
        monkeypatch.setenv("AWS_ENDPOINT_URL", NOWHERE["AWS_ENDPOINT_URL"])
        away = elsewhere(keeper, server.url)
        await away.swept()
        assert (await there.parcels(), len(server.files())) == (1, 2)
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.environment["AWS_ENDPOINT_URL"])
        await there.swept()
        assert (await there.parcels(), len(server.files())) == (0, 0)


async def test_wrong_credentials_are_told_without_being_shown(keeper, monkeypatch, tmp_path):
    async with bucket(tmp_path) as server:
        for name, value in {**server.environment, "AWS_SECRET_ACCESS_KEY": "some-other-secret"}.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(Unreachable) as fault:
            await elsewhere(keeper, server.url).keep(b"lost")
    assert "secret" not in str(fault.value)


async def test_a_folder_that_is_gone_is_told(keeper, tmp_path):
    kept = await keeper.keep(b"kept")
    await asyncio.to_thread((tmp_path / "archives").rename, tmp_path / "other")
    with pytest.raises(Unreachable, match="is no longer where it was kept"):
        await keeper.data(kept)
