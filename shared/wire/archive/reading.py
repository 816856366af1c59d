"""From an archive of anybody's to its documents, or a reason why not. Nothing is unpacked to disk."""

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from shared.directory.errors import Refused
from shared.wire import json_text
from shared.wire.archive import directory, manifest
from shared.wire.archive.manifest import Content, Manifest

PIECE = 1 << 20
DEPTH = json_text.DEPTH_LIMIT + 4
"""What clients may send, within a thing, within a document that has many of them."""
VALUES = 1_000_000
"""More than a list's items have, or a body that a client may send and some documents packed with it."""
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError)


class Archive:
    """An archive whose table of entries and manifest agree; raises Refused, when opened, for any other.

    The documents are checked as they are read: their length, their digest, that they are JSON.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._zip = directory.opened(file)
        entries = {entry.filename: entry for entry in self._zip.infolist()}
        if manifest.NAME not in entries:
            raise Refused(f"the archive has no `{manifest.NAME}`")
        if entries[manifest.NAME].file_size > manifest.LENGTH_LIMIT:
            raise Refused(f"`{manifest.NAME}` is larger than {manifest.LENGTH_LIMIT} bytes")
        self.manifest: Manifest = manifest.decode(self._read(manifest.NAME, manifest.LENGTH_LIMIT))
        self._check_contents(entries)

    def _check_contents(self, entries: dict[str, zipfile.ZipInfo]) -> None:
        """Everything is named once, and nothing else is there."""
        places = {manifest.NAME}
        for reference, content in self.manifest.contents.items():
            shown, entry = reference[:64], entries.get(content.location)
            if entry is None:
                raise Refused(f"`{shown}` is not where the manifest says, at `{content.location[:64]}`")
            if content.location in places:
                raise Refused(f"`{content.location[:64]}` is the place of two documents")
            if entry.file_size != content.size:
                raise Refused(f"`{shown}` has another length than the manifest says")
            places.add(content.location)
        for name in entries:
            if name not in places:
                raise Refused(f"the entry `{name[:64]}` is none that the manifest knows")

    def _read(self, name: str, limit: int) -> bytes:
        """An entry's bytes; reads no more than the limit, whatever the table says."""
        found = bytearray()
        try:
            with self._zip.open(name) as entry:
                while piece := entry.read(PIECE):
                    found += piece
                    if len(found) > limit:
                        raise Refused(f"the entry `{name[:64]}` is longer than it says")
        except UNREADABLE as error:
            raise Refused(f"the entry `{name[:64]}` cannot be read: {error}") from None
        return bytes(found)

    def document(self, content: Content) -> dict[str, Any]:
        """One document; raises Refused if it is not what the manifest says, or no JSON object."""
        text = self._read(content.location, content.size)
        if hashlib.sha256(text).hexdigest() != content.sha256:
            raise Refused(f"`{content.location[:64]}` is not what it was: its digest is another")
        try:
            json_text.check_values(text, VALUES)
            value = json_text.parse(text, DEPTH)
        except Refused as refusal:
            raise Refused(f"`{content.location[:64]}`: {refusal}") from None
        if not isinstance(value, dict):
            raise Refused(f"`{content.location[:64]}` is no JSON object")
        return value

    def documents(self) -> Iterator[tuple[str, Content, dict[str, Any]]]:
        """All documents, one in memory at a time: reference, what the manifest says of it, the document."""
        for reference, content in self.manifest.contents.items():
            yield reference, content, self.document(content)
