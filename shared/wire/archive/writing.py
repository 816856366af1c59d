"""From documents to the bytes of an archive, one document at a time: memory does not grow with the archive.

The same documents in the same order are the same bytes: no times, no names of users, one way to compress.
"""

import hashlib
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec.structs import replace

from shared.directory.errors import Refused
from shared.wire.archive import directory, manifest
from shared.wire.archive.manifest import Content, Manifest

EPOCH = (1980, 1, 1, 0, 0, 0)
LEVEL = 6
READABLE = 0o100644 << 16  # a plain file, in the way in which Unix says so
UNIX = 3
SAMPLE_BYTES = 1 << 16
"""So much is compressed at a time to see whether it stays large enough; mostly the first few tell."""


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


class Writer:
    """An archive on its way: documents go in, its bytes come out; `head` says all but its contents.

    Raises Refused for what could not be read again: too many documents, or too long ones.
    """

    def __init__(self, head: Manifest) -> None:
        self._head, self._pipe = head, _Pipe()
        self._contents, self._places = dict[str, Content](), {manifest.NAME}
        self._total, self._written = 0, 0
        self._file = zipfile.ZipFile(self._pipe, "w", allowZip64=False)  # type: ignore[call-overload]  # write, flush: all it needs

    def add(self, document: Document) -> bytes:
        """The bytes that a document adds; raises ValueError for one that is there, or where there is one."""
        if document.reference in self._contents or document.location in self._places:
            raise ValueError(f"`{document.reference}` stands twice in an archive")
        self._check(document)
        self._places.add(document.location)
        self._contents[document.reference] = _content(document)
        _write(self._file, document.location, document.data)
        return self._taken()

    def end(self) -> bytes:
        """The last bytes."""
        text = manifest.encode(replace(self._head, contents=self._contents))
        if len(text) > manifest.LENGTH_LIMIT:
            raise Refused(
                f"the archive's `{manifest.NAME}` would have more than {manifest.LENGTH_LIMIT} bytes"
            )
        _write(self._file, manifest.NAME, text)
        self._file.close()
        return self._taken()

    def _check(self, document: Document) -> None:
        self._total += len(document.data)
        if len(document.data) > directory.ENTRY_BYTES:
            raise Refused(f"`{document.location[:64]}` would have more than {directory.ENTRY_BYTES} bytes")
        if self._total > directory.TOTAL_BYTES:
            raise Refused(f"the archive would unpack to more than {directory.TOTAL_BYTES} bytes")
        if len(self._contents) >= manifest.CONTENT_LIMIT:
            raise Refused(f"the archive would have more than {manifest.CONTENT_LIMIT} documents")

    def _taken(self) -> bytes:
        taken = self._pipe.taken()
        self._written += len(taken)
        if self._written > directory.ARCHIVE_BYTES:
            raise Refused(f"the archive would be larger than {directory.ARCHIVE_BYTES} bytes")
        return taken


def archive(head: Manifest, documents: Iterable[Document]) -> Iterator[bytes]:
    """The bytes of an archive, piece by piece."""
    writer = Writer(head)
    for document in documents:
        yield writer.add(document)
    yield writer.end()


def _content(document: Document) -> Content:
    return Content(
        *(document.type, document.id, document.location, len(document.data)),
        sha256=hashlib.sha256(document.data).hexdigest(),
        key=document.key,
        dependencies=document.dependencies,
    )


def _write(file: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_STORED if _repeats(data) else zipfile.ZIP_DEFLATED
    entry.create_system, entry.external_attr = UNIX, READABLE
    file.writestr(entry, data, compresslevel=LEVEL)


def _repeats(data: bytes) -> bool:
    """Whether it would become so small that readers take it for an attack."""
    if len(data) <= directory.SMALL_BYTES:
        return False
    packer, length = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS), 0
    for start in range(0, len(data), SAMPLE_BYTES):
        length += len(packer.compress(data[start : start + SAMPLE_BYTES]))
        if length * directory.RATIO > len(data):
            return False
    return (length + len(packer.flush())) * directory.RATIO < len(data)
