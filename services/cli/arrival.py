"""A file that is there once all of it is: what was begun and broke off leaves nothing."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import click

STANDARD_OUTPUT = "-"


def check(file: str, *, force: bool) -> None:
    """Raises UsageError for a file that must not be written, or cannot be."""
    if file == STANDARD_OUTPUT:
        return
    path = Path(file)
    if path.exists() and not force:
        raise click.UsageError(f"`{file}` is there already: give another name, or --force to replace it")
    if not path.parent.is_dir():
        raise click.UsageError(f"cannot write `{file}`: there is no directory `{path.parent}`")


@contextmanager
def arriving(file: str) -> Iterator[BinaryIO]:
    """A file to write, readable by its owner alone; raises UsageError where there is no room or right."""
    if file == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(file)
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as coming:
            part = Path(coming.name)
            try:
                yield cast("BinaryIO", coming)
                coming.flush()
                part.replace(path)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise click.UsageError(f"cannot write `{file}`: {error.strerror}") from None
