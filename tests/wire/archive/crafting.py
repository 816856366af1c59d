"""Archives as nobody should make them: sound ones with one thing wrong."""

import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Callable
from typing import Any

PLACE = "platforms/p/accesspolicies/a/accesspolicy.json"
REFERENCE = "accessPolicy://p/a"
DOCUMENT = b'{"title": "A"}'
END = b"PK\x05\x06"
TABLE = b"PK\x01\x02"


def content(location: str = PLACE, data: bytes = DOCUMENT, **other: Any) -> dict[str, Any]:
    found = {"typeId": "accessPolicy", "id": "a", "location": location, "size": len(data)}
    return {**found, "sha256": hashlib.sha256(data).hexdigest(), **other}


def manifest(**other: Any) -> dict[str, Any]:
    found = {"model": "3.0.0", "group": "g", "artifact": "a", "version": "1", "type": "export"}
    return {**found, "includes": [], "sources": [], "contents": {REFERENCE: content()}, **other}


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as file:
        for name, data in entries:
            file.writestr(name, data)
    return made.getvalue()


def with_manifest(
    said: Any, *entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    text = said if isinstance(said, bytes) else json.dumps(said).encode()
    return zipped(*(entries or [(PLACE, DOCUMENT)]), ("manifest.json", text), method=method)


def holding(name: str | zipfile.ZipInfo, data: bytes = DOCUMENT) -> bytes:
    """An archive with one document at a place that may be none."""
    where = name.filename if isinstance(name, zipfile.ZipInfo) else name
    return with_manifest(manifest(contents={REFERENCE: content(where, data)}), (name, data))


def sound() -> bytes:
    return with_manifest(manifest())


def patched(data: bytes, at: int, value: bytes) -> bytes:
    return data[:at] + value + data[at + len(value) :]


def end_with(position: int, form: str, value: int) -> bytes:
    """A sound archive whose end says something else."""
    data = sound()
    return patched(data, data.index(END) + position, struct.pack(form, value))


def table_with(position: int, form: str, value: int) -> bytes:
    """A sound archive whose table says something else of its first entry."""
    data = sound()
    return patched(data, data.index(TABLE) + position, struct.pack(form, value))


def wide(count: int) -> bytes:
    """An archive whose end says one short table of entries, and whose table for large archives a long one."""
    head, text = b"PK\x03\x04" + bytes(26), io.BytesIO()
    for number in range(count):
        name = b"a%d" % number
        sizes = (*(0, 0, 0), len(name), *(0, 0, 0, 0), 0, 0)
        text.write(struct.pack("<4s4B4H3L5H2L", TABLE, 20, 3, 20, 0, 0, 0, 0, 33, *sizes) + name)
    table = text.getvalue()
    end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, len(table), len(head))
    end += struct.pack("<4sLQL", b"PK\x06\x07", 0, len(head) + len(table), 1)
    start = len(head) + len(table) + len(end) - 100
    return head + table + end + struct.pack("<4s4H2LH", END, 0, 0, 1, 1, 100, start, 0)


def entry(name: str, mode: int = 0o100644, **other: Any) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.create_system, made.external_attr = 3, mode << 16
    for key, value in other.items():
        setattr(made, key, value)
    return made


def overlapping() -> bytes:
    """Two entries of the table that are one entry of the file."""
    data = sound()
    tables = [at for at in range(len(data)) if data.startswith(TABLE, at)]
    return patched(data, tables[1] + 42, struct.pack("<L", 0))


def renamed(old: str, new: bytes) -> Callable[[], bytes]:
    """A sound archive with an entry whose name nobody could write with a library."""

    def make() -> bytes:
        assert len(old) == len(new)
        return holding(old).replace(old.encode(), new)

    return make
