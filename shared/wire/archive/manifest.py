"""`manifest.json`: what an archive says of itself. It is the last entry, for it has digests of all others."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from shared.directory.errors import Refused
from shared.wire import json_text

NAME = "manifest.json"
MODEL = "3.0.0"
CONTENT_LIMIT = 29_999  # and the manifest itself
LENGTH_LIMIT = 32 << 20
VALUES_LIMIT = 50 * CONTENT_LIMIT
"""As many as contents with eight members, of which `dependencies` name 32 others, and some more."""
COORDINATE_LIMIT = 128

# A part of an archive's name, which is also one of a file.
Coordinate = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9][A-Za-z0-9._-]*\Z", max_length=COORDINATE_LIMIT)]
Digest = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Text = Annotated[str, Meta(max_length=2048, pattern=r"\A[^\0]*\Z")]


class Source(Struct, frozen=True, omit_defaults=True, rename={"type": "typeId"}):
    """One thing on the way down to what was exported."""

    type: Text
    id: Text
    key: Text | None = None
    requires: tuple[Text, ...] = ()
    requiredBy: tuple[Text, ...] = ()  # noqa: N815  # as it is on the wire


class Content(Struct, frozen=True, omit_defaults=True, rename={"type": "typeId"}):
    """One document: where it lies, how long it is, the SHA-256 of its bytes."""

    type: Text
    id: Text
    location: Text
    size: Annotated[int, Meta(ge=0)]
    sha256: Digest
    key: Text | None = None
    requires: tuple[Text, ...] = ()
    requiredBy: tuple[Text, ...] = ()  # noqa: N815  # as it is on the wire
    dependencies: tuple[Text, ...] = ()


class Coordinates(Struct, frozen=True):
    """An archive's name in three parts."""

    group: Coordinate
    artifact: Coordinate
    version: Coordinate

    @property
    def file(self) -> str:
        """The name of the file that it is."""
        return f"{self.group}-{self.artifact}-{self.version}.zip"


class Manifest(Struct, frozen=True):
    """What an archive holds, by reference; `sources` are what was asked for, each by its way down."""

    group: Coordinate
    artifact: Coordinate
    version: Coordinate
    contents: dict[str, Content]
    type: Text = "export"
    model: Text = MODEL
    sources: tuple[tuple[Source, ...], ...] = ()
    includes: tuple[Any, ...] = ()

    @property
    def coordinates(self) -> Coordinates:
        """The archive's name."""
        return Coordinates(self.group, self.artifact, self.version)


_decode = msgspec.json.Decoder(Manifest).decode


def encode(manifest: Manifest) -> bytes:
    """The entry's bytes; the same for the same manifest."""
    return msgspec.json.format(msgspec.json.encode(manifest, order="deterministic"), indent=2) + b"\n"


def decode(text: bytes) -> Manifest:
    """A manifest; raises Refused for what is none, or none of an archive that can be read here."""
    try:
        json_text.check_values(text, VALUES_LIMIT)
        json_text.check_depth(text)
        manifest = _decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(f"`{NAME}` is no manifest: {error}") from None
    if manifest.model.partition(".")[0] != MODEL.partition(".")[0]:
        raise Refused(f"the archive's model is `{manifest.model}`, this version reads `{MODEL}`")
    if len(manifest.contents) > CONTENT_LIMIT:
        raise Refused(f"the archive has more than {CONTENT_LIMIT} documents")
    return manifest
