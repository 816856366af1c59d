"""The table of entries at an archive's end, checked as a whole before anything is read by it.

Everything in an archive is a claim of whoever made it: sizes, places, names. What contradicts itself, or
would cost more than a limit to find out, is refused.
"""

import re
import stat
import struct
import zipfile
from collections.abc import Sequence
from itertools import pairwise
from typing import BinaryIO

from shared.directory.errors import Refused

ARCHIVE_BYTES = 1 << 30
ENTRIES = 30_000
TOTAL_BYTES = 4 << 30
ENTRY_BYTES = 32 << 20
RATIO = 200
"""An entry's length by what it takes: JSON that repeats itself comes to some 50."""
SMALL_BYTES = 64 << 10
"""Entries that need not be in that ratio: they cannot hurt."""
NAME_BYTES = 512
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
NESTED = re.compile(r"\.(?:zip|jar|war|7z|rar|tar|t?gz|bz2|xz|zst)", re.IGNORECASE)
END = struct.Struct("<4s4H2LH")
END_MARK, START_MARK = b"PK\x05\x06", b"PK\x03\x04"
ENTRY_HEAD = 46  # bytes of an entry of the table, but for its name
LOCAL_HEAD = 30  # bytes before an entry's data, but for its name
WIDE = 0xFFFF  # what says: see the other table, for large archives
WIDE_MARK, WIDE_END = b"PK\x06\x07", 20  # what says where that table ends, and how long it says so
ENCRYPTED = 0x1 | 0x40 | 0x2000
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


def opened(file: BinaryIO) -> zipfile.ZipFile:
    """An archive whose table is sound; raises Refused for any other."""
    _check_end(file)
    try:
        archive = zipfile.ZipFile(file)
        _check_entries(archive.infolist(), archive.start_dir)
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, struct.error, OSError) as error:
        raise Refused(f"the file is no ZIP archive: {error}") from None
    return archive


def _check_end(file: BinaryIO) -> None:
    """What can be known before the table is read: how long it is, and that nothing stands around it."""
    length = file.seek(0, 2)
    if length > ARCHIVE_BYTES:
        raise Refused(f"the archive is larger than {ARCHIVE_BYTES} bytes")
    if length < END.size:
        raise Refused("the file is no ZIP archive: it is too short")
    before = min(WIDE_END, length - END.size)
    file.seek(length - END.size - before)
    wide = file.read(before).startswith(WIDE_MARK)
    mark, disk, first_disk, here, entries, size, start, comment = END.unpack(file.read(END.size))
    file.seek(0)
    if mark != END_MARK or comment:
        raise Refused("the file is no ZIP archive, or something stands behind its end")
    if disk or first_disk or here != entries:
        raise Refused("the archive is one of several parts, send it as one file")
    # The library goes by the other table wherever there is one, whatever this one says.
    if wide or entries == WIDE or entries > ENTRIES or size > ENTRIES * (ENTRY_HEAD + NAME_BYTES):
        raise Refused(f"the archive has more than {ENTRIES} entries")
    if start + size + END.size != length or (entries and file.read(len(START_MARK)) != START_MARK):
        raise Refused("the archive has bytes that belong to no entry")


def _check_entries(entries: Sequence[zipfile.ZipInfo], end: int) -> None:
    names, total = set[str](), 0
    for entry in entries:
        _check_name(entry)
        if entry.filename.lower() in names:
            raise Refused(f"the entry `{_shown(entry)}` stands twice in the archive")
        names.add(entry.filename.lower())
        _check_kind(entry)
        _check_size(entry)
        total += entry.file_size
    if total > TOTAL_BYTES:
        raise Refused(f"the archive unpacks to more than {TOTAL_BYTES} bytes")
    _check_places(entries, end)


def _shown(entry: zipfile.ZipInfo) -> str:
    return ascii(entry.filename)[1:-1][:64]


def _check_name(entry: zipfile.ZipInfo) -> None:
    # The name as it stands in the file: the library cuts one at a NUL, and turns backslashes around.
    name = entry.orig_filename
    if len(name) > NAME_BYTES or NAME.fullmatch(name) is None:
        raise Refused(
            f"the entry's name `{_shown(entry)}` is no plain path of letters, digits, `.`, `_`, `-`"
        )
    if NESTED.search(name.rpartition("/")[2]):
        raise Refused(f"the entry `{_shown(entry)}` is an archive within the archive")


def _check_kind(entry: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise Refused(f"the entry `{_shown(entry)}` is a link or a device, not a plain file")
    if entry.flag_bits & ENCRYPTED:
        raise Refused(f"the entry `{_shown(entry)}` is encrypted")
    if entry.compress_type not in METHODS:
        raise Refused(f"the entry `{_shown(entry)}` is compressed in another way than deflate")


def _check_size(entry: zipfile.ZipInfo) -> None:
    if entry.file_size > ENTRY_BYTES:
        raise Refused(f"the entry `{_shown(entry)}` is larger than {ENTRY_BYTES} bytes")
    if entry.file_size > SMALL_BYTES and entry.file_size > RATIO * entry.compress_size:
        raise Refused(f"the entry `{_shown(entry)}` unpacks to more than {RATIO} times its size")


def _check_places(entries: Sequence[zipfile.ZipInfo], end: int) -> None:
    """Entries that lie over each other would be unpacked as often as they are named."""
    starts = sorted((entry.header_offset, LOCAL_HEAD + entry.compress_size) for entry in entries)
    for (start, length), (following, _) in pairwise([*starts, (end, 0)]):
        if start < 0 or start + length > following:
            raise Refused("the archive has entries that lie over each other")
