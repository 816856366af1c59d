"""Pieces as an archive has them, and back.

What there are few of, or what is large, has a document of its own; of the rest many stand in one, or an
archive would have more entries than it may. Nothing is believed of an archive but its documents: what they
require is read from them again.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw, Struct

from shared.directory.errors import Refused
from shared.wire.archive.manifest import Content
from shared.wire.archive.reading import Archive
from shared.wire.archive.writing import Document
from shared.wire.transfer.contents import Key, Kind, Piece
from shared.wire.transfer.requirements import ORDER, requires

PACK_BYTES = 512 * 1024
PACK_PIECES = 1000
DOCUMENT_BYTES = 8 << 20
"""Of any document but a list's: ours have less."""
PIECES = 400_000
"""More than an account can have."""
ID_LENGTH = 2048
"""As long as a manifest says one; ours are made of at most three that references have."""
DEPENDENCIES = 32
"""Told in a manifest, for people: where there are more, they would be most of it."""
PLAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
"""Ids that can be names of files, in file systems that do not tell capitals from small letters too."""


class Form(NamedTuple):
    """How an archive has things of a kind: what it calls them, their folder, whether many are in one."""

    type: str
    folder: str
    packed: bool = False


FORMS = {
    Kind.ROLE: Form("role", "roles"),
    Kind.RESOURCE: Form("resource", "resources"),
    Kind.GROUP: Form("groups", "groups", packed=True),
    Kind.POLICY: Form("accessPolicy", "accesspolicies"),
    Kind.TEAM: Form("teams", "teams", packed=True),
    Kind.ASSIGNMENT: Form("assignments", "assignments", packed=True),
    Kind.GRANT: Form("grants", "grants", packed=True),
    Kind.MEMBERSHIP: Form("memberships", "memberships", packed=True),
    Kind.LIST: Form("list", "lists"),
    Kind.RULE_GROUP: Form("ruleGroup", "rulegroups"),
    Kind.REUSABLE_POLICY: Form("reusablePolicy", "reusablepolicies"),
}
KINDS = {form.type: kind for kind, form in FORMS.items()}


class _Packed(Struct):
    """One of many in a document."""

    id: str
    document: Raw


class _Pack(Struct):
    items: list[_Packed]


class Packer:
    """Makes documents of pieces that come in the order of `requirements.in_order`."""

    def __init__(self) -> None:
        self._waiting: list[Piece] = []
        self._bytes = 0
        self._number = 0

    def add(self, piece: Piece) -> Iterator[Document]:
        """What is complete, now that there is another piece."""
        form, kind = FORMS[piece.key.kind], piece.key.kind
        if self._waiting and self._waiting[0].key.kind is not kind:
            yield from self.end()
            self._number = 0
        if not form.packed:
            yield document(piece)
            return
        self._waiting.append(piece)
        self._bytes += len(piece.document)
        if len(self._waiting) >= PACK_PIECES or self._bytes >= PACK_BYTES:
            yield from self.end()

    def end(self) -> Iterator[Document]:
        """What is left."""
        if self._waiting:
            self._number += 1
            yield _packed(self._waiting, self._number)
        self._waiting, self._bytes = [], 0


def documents(pieces: Iterable[Piece]) -> Iterator[Document]:
    """The documents of an archive, of pieces in the order of `requirements.in_order`."""
    packer = Packer()
    for piece in pieces:
        yield from packer.add(piece)
    yield from packer.end()


def document(piece: Piece) -> Document:
    """A piece that has a document of its own."""
    form, own = FORMS[piece.key.kind], piece.key.id
    told = piece.requires if len(piece.requires) <= DEPENDENCIES else ()
    return Document(
        *(reference(piece.key), form.type, own, _location(form, own), piece.document),
        key=own if piece.key.kind is Kind.ROLE else None,
        dependencies=tuple(map(reference, told)),
    )


def _packed(pieces: list[Piece], number: int) -> Document:
    form, own = FORMS[pieces[0].key.kind], str(number)
    pack = _Pack([_Packed(piece.key.id, Raw(piece.document)) for piece in pieces])
    place = f"platform/{form.folder}/{number:06}.json"
    return Document(f"{form.type}://platform/{own}", form.type, own, place, msgspec.json.encode(pack))


def reference(key: Key) -> str:
    """What a manifest calls a thing; one of many in a document is called so only by those that require it."""
    return f"{FORMS[key.kind].type}://platform/{key.id}"


def _location(form: Form, own: str) -> str:
    name = own if PLAIN.fullmatch(own) else f"_{hashlib.sha256(own.encode()).hexdigest()}"
    return f"platform/{form.folder}/{name}.json"


def pieces(archive: Archive) -> Iterator[Piece]:
    """All that an archive holds, one document in memory at a time: kinds in their order, as they were packed.

    Raises Refused for what is no archive of these kinds, and for what stands in it twice.
    """
    seen = set[Key]()
    for content in sorted(archive.manifest.contents.values(), key=_place):
        _check_size(content)
        for piece in _pieces(content, archive.document(content)):
            if piece.key in seen:
                raise Refused(f"the {_shown(piece.key)} stands twice in the archive")
            if len(seen) >= PIECES:
                raise Refused(f"the archive has more than {PIECES} things")
            seen.add(piece.key)
            yield piece


def _shown(key: Key) -> str:
    return f"{key.kind.value.replace('_', ' ')} `{key.id[:64]}`"


def _place(content: Content) -> tuple[int, str]:
    if content.type not in KINDS:
        raise Refused(f"`{content.location[:64]}` is of the type `{content.type[:64]}`, which is not known")
    kind = KINDS[content.type]
    return ORDER[kind], content.location if FORMS[kind].packed else content.id


def _check_size(content: Content) -> None:
    """Lists may be long; anything else that is so is not read at all."""
    if KINDS[content.type] is not Kind.LIST and content.size > DOCUMENT_BYTES:
        raise Refused(f"`{content.location[:64]}` has more than {DOCUMENT_BYTES} bytes")


def _pieces(content: Content, found: dict[str, Any]) -> Iterator[Piece]:
    kind = KINDS[content.type]
    if not FORMS[kind].packed:
        yield _piece(Key(kind, content.id), found)
        return
    items = found.get("items")
    if found.keys() != {"items"} or not isinstance(items, list):
        raise Refused(f"`{content.location[:64]}` has `items`, a list, and nothing else")
    for item in items:
        if not isinstance(item, dict) or item.keys() != {"id", "document"}:
            raise Refused(f"each of the items of `{content.location[:64]}` has `id` and `document`")
        if not isinstance(item["id"], str) or not isinstance(item["document"], dict):
            raise Refused(f"an item of `{content.location[:64]}` has a text as `id`, an object as `document`")
        yield _piece(Key(kind, item["id"]), item["document"])


def _piece(key: Key, found: dict[str, Any]) -> Piece:
    if not key.id:
        raise Refused(f"a {key.kind.value.replace('_', ' ')} in the archive has no id")
    if len(key.id) > ID_LENGTH:
        raise Refused(f"the {_shown(key)}… has an id of more than {ID_LENGTH} characters")
    return Piece(key, msgspec.json.encode(found), requires(key.kind, found))
