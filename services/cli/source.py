"""A file or a pipe that is sent as it is read."""

import asyncio
import os
import stat
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import click

MEDIA = {"ndjson": "application/x-ndjson", "csv": "text/csv"}
FORMATS: Mapping[str, str] = {".ndjson": "ndjson", ".jsonl": "ndjson", ".csv": "csv"}
CHUNK = 1 << 18


class Source(NamedTuple):
    """An open file or pipe, its `size` in bytes if it has one, and its media type."""

    descriptor: int
    size: int | None
    media: str


def media(file: str, given: str | None) -> str:
    """The media type of a file; raises UsageError when nothing tells."""
    kind = given or FORMATS.get(Path(file).suffix.lower()) or ("ndjson" if file == "-" else None)
    if kind is None:
        raise click.UsageError(f"the name `{file}` does not tell its format: pass --format ndjson or csv")
    return MEDIA[kind]


def opened(file: str, given: str | None) -> Source:
    """The file to send; raises UsageError when it cannot be read."""
    return opened_as(file, media(file, given))


def opened_as(file: str, kind: str) -> Source:
    """The file to send as a media type; raises UsageError when it cannot be read."""
    try:
        descriptor = sys.stdin.fileno() if file == "-" else os.open(file, os.O_RDONLY)
        state = os.fstat(descriptor)
    except OSError as error:
        raise click.UsageError(f"cannot read `{file}`: {error.strerror}") from None
    if stat.S_ISDIR(state.st_mode):
        raise click.UsageError(f"cannot read `{file}`: it is a directory")
    return Source(descriptor, state.st_size if stat.S_ISREG(state.st_mode) else None, kind)


async def readable(descriptor: int) -> None:
    """Wait until a pipe or terminal has something to read, so that Ctrl-C and refusals are seen meanwhile."""
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    try:
        loop.add_reader(descriptor, ready.set)
    except PermissionError:
        return  # a regular file, which always has
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)


async def chunks(source: Source, sent: Callable[[int], None]) -> AsyncIterator[bytes]:
    """The bytes of a source from its start; `sent` hears how many each time."""
    if source.size is not None:
        os.lseek(source.descriptor, 0, os.SEEK_SET)
    while True:
        await readable(source.descriptor)
        chunk = os.read(source.descriptor, CHUNK)
        if not chunk:
            return
        yield chunk
        sent(len(chunk))
