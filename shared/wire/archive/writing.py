"""From documents to the bytes of an archive, one document at a time: memory does not grow with the archive.

The same documents in the same order are the same bytes: no times, no names of users, one way to compress.
"""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec.structs import replace

from shared.wire.archive import manifest
from shared.wire.archive.manifest import Content, Manifest

EPOCH = (1980, 1, 1, 0, 0, 0)
LEVEL = 6
READABLE = 0o100644 << 16  # a plain file, in the way in which Unix says so
UNIX = 3


class Document(NamedTuple):
    """What an archive holds one of: its reference, what the manifest says of it, its bytes."""

    reference: str
    type: str
    id: str
    location: str
    data: bytes
    key: str | None = None
    dependencies: tuple[str, ...] = ()


class _Pipe:
    """Takes what a ZIP file writes, and gives it away."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def taken(self) -> bytes:
        written, self._written = self._written, bytearray()
        return bytes(written)


def archive(head: Manifest, documents: Iterable[Document]) -> Iterator[bytes]:
    """The bytes of an archive, piece by piece; `head` says all but its contents.

    Raises ValueError for two documents of one reference or at one place.
    """
    pipe, contents, places = _Pipe(), dict[str, Content](), {manifest.NAME}
    with zipfile.ZipFile(pipe, "w", allowZip64=False) as file:  # type: ignore[call-overload]  # write, flush: all it needs
        for document in documents:
            if document.reference in contents or document.location in places:
                raise ValueError(f"`{document.reference}` stands twice in an archive")
            places.add(document.location)
            contents[document.reference] = _content(document)
            _write(file, document.location, document.data)
            yield pipe.taken()
        _write(file, manifest.NAME, manifest.encode(replace(head, contents=contents)))
    yield pipe.taken()


def _content(document: Document) -> Content:
    return Content(
        *(document.type, document.id, document.location, len(document.data)),
        sha256=hashlib.sha256(document.data).hexdigest(),
        key=document.key,
        dependencies=document.dependencies,
    )


def _write(file: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, UNIX, READABLE
    file.writestr(entry, data, compresslevel=LEVEL)
