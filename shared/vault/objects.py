"""Locations outside the database: a bucket of anything that speaks S3, or a folder.

Each piece is an object of its own, because that is what a place takes whole or not at all: uploads in parts
leave what no listing shows when their process dies.
"""

import asyncio
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from shared.process.logs import log
from shared.vault.errors import Unreachable
from shared.vault.shelf import Parcel

RETRY_TIME = timedelta(seconds=30)
SYSTEM_ERROR = re.compile(r"\(os error (\d+)\)")  # as the library says it


def _folder(parcel: Parcel) -> str:
    return f"{parcel.account.hex}/{parcel.archive_id.hex}"


def _path(parcel: Parcel, number: int) -> str:
    return f"{_folder(parcel)}/{number:05}"


@contextmanager
def _reaching(url: str) -> Iterator[None]:
    """Raises Unreachable for whatever the library raises, whose words are for the log: they name servers."""
    try:
        yield
    except (BaseError, ValueError, OSError) as fault:
        log.warning("archives cannot be reached", place=url, reason=str(fault)[:2000])
        raise _unreachable(fault) from None


def _unreachable(fault: BaseException) -> Unreachable:
    """With the system's number, where it had one: a disk without room is told from others by it."""
    unreachable = Unreachable("the place of archives cannot be used now")
    if number := SYSTEM_ERROR.search(str(fault)):
        unreachable.errno = int(number[1])
    elif isinstance(fault, OSError):
        unreachable.errno = fault.errno
    return unreachable


class Bucket:
    """A bucket, or what begins with a prefix in it; how to log in is said by the variables `AWS_…`.

    Raises Unreachable for what cannot be opened: a folder that is away, a bucket without a password.
    """

    piece_bytes = 4 << 20
    lingers = True

    def __init__(self, url: str) -> None:
        self._url = url
        with _reaching(url):
            self._store: ObjectStore = self._open(url)

    def _open(self, url: str) -> ObjectStore:
        return S3Store.from_url(url, retry_config={"max_retries": 3, "retry_timeout": RETRY_TIME})

    async def put(self, parcel: Parcel, number: int, data: bytes) -> None:
        """Write a piece; raises Unreachable."""
        with _reaching(self._url):
            await obstore.put_async(self._store, _path(parcel, number), data, use_multipart=False)

    async def get(self, parcel: Parcel, number: int) -> bytes | None:
        """A piece, if it is there; raises Unreachable."""
        with _reaching(self._url):
            try:
                found = await obstore.get_async(self._store, _path(parcel, number))
                return bytes(await found.bytes_async())
            except FileNotFoundError:
                return None

    async def clear(self, parcel: Parcel) -> None:
        """Remove all pieces; raises Unreachable."""
        with _reaching(self._url):
            async for found in obstore.list(self._store, _folder(parcel)):
                await obstore.delete_async(self._store, [each["path"] for each in found])


class Folder(Bucket):
    """A folder that all processes see."""

    def _open(self, url: str) -> LocalStore:
        store = LocalStore.from_url(url, mkdir=True)
        assert store.prefix is not None  # noqa: S101  # INVARIANT: the setting has a path
        self._root = store.prefix
        return store

    async def put(self, parcel: Parcel, number: int, data: bytes) -> None:
        """Write a piece, which is on the disk then: the library leaves that to the system."""
        await super().put(parcel, number, data)
        with _reaching(self._url):
            await asyncio.to_thread(_persist, self._root / _path(parcel, number))

    async def clear(self, parcel: Parcel) -> None:
        """Remove an archive's folder: a process that dies leaves half a piece, which no listing shows."""
        with _reaching(self._url):
            await asyncio.to_thread(_remove, self._root / _folder(parcel))


def _persist(path: Path) -> None:
    """Have a file, its name, and the folders that it made on the disk."""
    for each in (path, *list(path.parents)[:3]):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
