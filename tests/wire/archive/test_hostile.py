"""Archives made to do harm, or by mistake: each refused with a reason, quickly, in little memory."""

import io
import json
import time
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest

from shared.directory.errors import Refused
from shared.wire.archive.reading import Archive
from tests.wire.archive.crafting import (
    DOCUMENT,
    END,
    PLACE,
    REFERENCE,
    content,
    end_with,
    entry,
    holding,
    manifest,
    overlapping,
    patched,
    renamed,
    sound,
    table_with,
    wide,
    with_manifest,
    zipped,
)

SECONDS, MEMORY = 2.0, 64 << 20
OTHER = "accessPolicy://p/b"
BOMB = bytes(32 << 20)
EMPTY = b"{}," * 4_000_000 + b"{}"


def nested_json(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


def many(count: int) -> bytes:
    return zipped(*((f"a{number}", b"") for number in range(count)), method=zipfile.ZIP_STORED)


def with_twice() -> bytes:
    """As no library writes it without a warning."""
    other = PLACE.replace("/a/", "/b/")
    return with_manifest(manifest(), (PLACE, DOCUMENT), (other, DOCUMENT)).replace(
        other.encode(), PLACE.encode()
    )


def cut(data: bytes, length: int) -> bytes:
    return data[:length]


def flipped() -> bytes:
    """A byte of the compressed document is another."""
    data = sound()
    at = data.index(PLACE.encode()) + len(PLACE) + 3
    return patched(data, at, bytes([data[at] ^ 0xFF]))


CASES: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "too short"),
    "a text": (lambda: b"hello, this is no archive at all", "no ZIP archive"),
    "only an end": (lambda: END + bytes(18), "has no `manifest.json`"),
    "cut off": (lambda: cut(sound(), 200), "no ZIP archive"),
    "cut off at the front": (lambda: sound()[40:], "belong to no entry"),
    "something before it": (lambda: b"#!/bin/sh\n" + sound(), "belong to no entry"),
    "something behind it": (lambda: sound() + b"more", "behind its end"),
    "a comment": (lambda: end_with(20, "<H", 4) + b"more", "behind its end"),
    "a part of several": (lambda: end_with(4, "<H", 1), "one of several parts"),
    "fewer entries here than there": (lambda: end_with(8, "<H", 1), "one of several parts"),
    "too many entries": (lambda: many(30_001), "more than 30000 entries"),
    "as many entries as the other table has": (
        lambda: patched(end_with(8, "<H", 0xFFFF), sound().index(END) + 10, b"\xff\xff"),
        "more than 30000 entries",
    ),
    "a table for large archives that says more": (lambda: wide(100_000), "more than 30000 entries"),
    "a table that lies elsewhere": (lambda: end_with(16, "<L", 7), "belong to no entry"),
    "a table that is no table": (lambda: sound().replace(b"PK\x01\x02", b"PK\x09\x09"), "no ZIP archive"),
    "a path upwards": (lambda: holding("../../etc/passwd"), "no plain path"),
    "a path upwards within": (lambda: holding("platforms/../../x.json"), "no plain path"),
    "an absolute path": (lambda: holding("/etc/passwd"), "no plain path"),
    "a drive": (lambda: holding("C:/windows/x.json"), "no plain path"),
    "backslashes": (renamed("platforms/p/a.json", b"platforms\\p\\a.json"), "no plain path"),
    "a NUL": (renamed("platforms/p/a.json", b"platforms/p/a\0json"), "no plain path"),
    "a line feed": (lambda: holding("platforms/p/a\n.json"), "no plain path"),
    "a hidden file": (lambda: holding("platforms/.ssh/x.json"), "no plain path"),
    "letters that look alike": (lambda: holding("platforms/p/\u0430.json"), "no plain path"),
    "a very long name": (lambda: holding("a/" * 300 + "a.json"), "no plain path"),
    "an empty part": (lambda: holding("platforms//a.json"), "no plain path"),
    "a folder": (
        lambda: with_manifest(manifest(), (PLACE, DOCUMENT), ("platforms/q/", b"")),
        "no plain path",
    ),
    "an archive within": (lambda: holding("platforms/p/more.zip", sound()), "archive within"),
    "an archive within, by another name": (lambda: holding("platforms/p/more.tar.gz.json"), "archive within"),
    "the same entry twice": (with_twice, "stands twice"),
    "the same entry in another case": (
        lambda: with_manifest(manifest(), (PLACE, DOCUMENT), (PLACE.upper(), DOCUMENT)),
        "stands twice",
    ),
    "entries over each other": (overlapping, "lie over each other"),
    "a link": (lambda: holding(entry(PLACE, 0o120777), b"/etc/passwd"), "a link or a device"),
    "a device": (lambda: holding(entry(PLACE, 0o020666)), "a link or a device"),
    "a folder that has a plain name": (lambda: holding(entry(PLACE, 0o040755)), "a link or a device"),
    "encryption": (lambda: table_with(8, "<H", 1), "is encrypted"),
    "strong encryption": (lambda: table_with(8, "<H", 0x41), "is encrypted"),
    "an unknown way to compress": (lambda: table_with(10, "<H", 99), "than deflate"),
    "bzip2": (lambda: holding(entry(PLACE, compress_type=zipfile.ZIP_BZIP2)), "than deflate"),
    "lzma": (lambda: holding(entry(PLACE, compress_type=zipfile.ZIP_LZMA)), "than deflate"),
    "a bomb": (lambda: holding(PLACE, BOMB), "times its size"),
    "an entry that says it is huge": (lambda: table_with(24, "<L", 0xFFFFFFF0), "larger than"),
    "an entry that says it is longer": (lambda: table_with(24, "<L", 15), "another length"),
    "an entry that says it is shorter": (lambda: table_with(24, "<L", 13), "another length"),
    "a checksum that is wrong": (lambda: table_with(16, "<L", 1), "cannot be read"),
    "a byte that is wrong": (flipped, "cannot be read"),
    "no manifest": (lambda: zipped((PLACE, DOCUMENT)), "has no `manifest.json`"),
    "a manifest that is no JSON": (lambda: with_manifest(b"{"), "no manifest"),
    "a manifest that is a list": (lambda: with_manifest([]), "no manifest"),
    "a manifest without contents": (
        lambda: with_manifest({key: value for key, value in manifest().items() if key != "contents"}),
        "no manifest",
    ),
    "a manifest that is nested deeply": (lambda: with_manifest(nested_json(2000)), "nested deeper"),
    "a manifest of another model": (lambda: with_manifest(manifest(model="9.0.0")), "model is `9.0.0`"),
    "an id with a NUL": (
        lambda: with_manifest(manifest(contents={REFERENCE: content(id="a\0b")})),
        "no manifest",
    ),
    "a manifest of very many values": (
        lambda: with_manifest(
            json.dumps(manifest()).encode().replace(b'"includes": []', b'"includes": [%s]' % EMPTY),
            (entry(PLACE), DOCUMENT),
            method=zipfile.ZIP_STORED,
        ),
        "more than 1499950 values",
    ),
    "a document of very many values": (
        lambda: holding(entry(PLACE), b'{"a":[%s]}' % EMPTY),
        "more than 1000000 values",
    ),
    "coordinates with a path": (lambda: with_manifest(manifest(group="../g")), "no manifest"),
    "coordinates that end with a line feed": (lambda: with_manifest(manifest(group="g\n")), "no manifest"),
    "a document that is not there": (
        lambda: with_manifest(manifest(contents={REFERENCE: content("platforms/p/none.json")})),
        "not where the manifest says",
    ),
    "two documents in one place": (
        lambda: with_manifest(manifest(contents={REFERENCE: content(), OTHER: content()})),
        "place of two documents",
    ),
    "the manifest as a document": (
        lambda: with_manifest(manifest(contents={REFERENCE: content("manifest.json")})),
        "place of two documents",
    ),
    "an entry that nobody names": (
        lambda: with_manifest(manifest(), (PLACE, DOCUMENT), ("platforms/p/other.json", b"{}")),
        "none that the manifest knows",
    ),
    "another length": (
        lambda: with_manifest(manifest(contents={REFERENCE: content(size=5)})),
        "another length",
    ),
    "a negative length": (
        lambda: with_manifest(manifest(contents={REFERENCE: content(size=-1)})),
        "no manifest",
    ),
    "another digest": (
        lambda: with_manifest(manifest(contents={REFERENCE: content(sha256="0" * 64)})),
        "its digest is another",
    ),
    "a document that is no JSON": (lambda: holding(PLACE, b"<xml/>"), "no JSON"),
    "a document that is a list": (lambda: holding(PLACE, b"[]"), "no JSON object"),
    "a document that is nested deeply": (lambda: holding(PLACE, nested_json(100)), "nested deeper"),
    "a document with a key twice": (lambda: holding(PLACE, b'{"a":1,"a":2}'), "stands twice"),
    "a document with a NUL": (lambda: holding(PLACE, b'{"a":"\\u0000"}'), "NUL"),
    "a document that is no UTF-8": (lambda: holding(PLACE, b'{"a":"\xff"}'), "no JSON"),
}


@pytest.mark.parametrize(("make", "reason"), CASES.values(), ids=CASES)
def test_it_is_refused_with_a_reason(make: Callable[[], bytes], reason: str) -> None:
    file = io.BytesIO(make())
    tracemalloc.start()
    started = time.process_time()
    with pytest.raises(Refused) as refusal:
        list(Archive(file).documents())
    taken, (_, peak) = time.process_time() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert reason in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert taken < 5 * SECONDS  # being traced, it takes some times as long
    assert peak < MEMORY


def test_a_sound_one_is_not_refused() -> None:
    assert [document for _, _, document in Archive(io.BytesIO(sound())).documents()] == [{"title": "A"}]


def test_reasons_do_not_repeat_what_a_terminal_would_obey() -> None:
    with pytest.raises(Refused) as refusal:
        Archive(io.BytesIO(holding("a\x1b[2Jb.json")))
    assert "\x1b" not in str(refusal.value)


@pytest.mark.parametrize("byte", range(0, len(sound()), 7))
def test_any_byte_that_is_wrong_is_noticed_or_does_not_matter(byte: int) -> None:
    data = sound()
    changed = patched(data, byte, bytes([data[byte] ^ 0x55]))
    try:
        read = [document for _, _, document in Archive(io.BytesIO(changed)).documents()]
    except Refused:
        return
    assert read == [{"title": "A"}]
