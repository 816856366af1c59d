"""Pieces come out of an archive as they went into it, whatever their ids are."""

import io

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.directory.errors import Refused
from shared.wire.archive.manifest import Manifest
from shared.wire.archive.reading import Archive
from shared.wire.archive.writing import Document, archive
from shared.wire.transfer import codec
from shared.wire.transfer.codec import FORMS, PACK_PIECES
from shared.wire.transfer.contents import Key, Kind, Piece
from shared.wire.transfer.requirements import in_order, requires

HEAD = Manifest("g", "a", "1", {})
IDS = st.sampled_from(
    ["a", "A", "é", "a/b", "../a", "a.zip", "-", "_", "..", "con", "1", "0" * 300, "a" * 64]
)
IDS |= st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=5)
KEYS = st.builds(Key, st.sampled_from(Kind), IDS)
DOCUMENTS = st.dictionaries(st.sampled_from(["a", "é", "items", "id"]), IDS | st.integers(-9, 9), max_size=3)


def made(things):
    return [
        Piece(key, msgspec.json.encode(things[key]), requires(key.kind, things[key]))
        for key in sorted(things, key=in_order)
    ]


def written(documents):
    return Archive(io.BytesIO(b"".join(archive(HEAD, documents))))


@given(st.dictionaries(KEYS, DOCUMENTS, max_size=12))
def test_pieces_come_back(things):
    pieces = made(things)
    assert list(codec.pieces(written(codec.documents(pieces)))) == pieces


def test_names_of_files_differ_in_more_than_case():
    pieces = made({Key(Kind.POLICY, name): {} for name in ("a", "A", "é", "É")})
    places = [each.location for each in codec.documents(pieces)]
    assert len({place.lower() for place in places}) == 4


@pytest.mark.parametrize("kind", [kind for kind in Kind if FORMS[kind].packed])
def test_many_small_things_stand_in_few_documents(kind):
    pieces = made({Key(kind, f"{number:05}"): {} for number in range(PACK_PIECES * 3 + 1)})
    documents = list(codec.documents(pieces))
    assert [each.id for each in documents] == ["1", "2", "3", "4"]
    assert list(codec.pieces(written(documents))) == pieces


def test_large_things_stand_in_several_documents():
    pieces = made({Key(Kind.GROUP, str(number)): {"name": "a" * 60_000} for number in range(30)})
    documents = list(codec.documents(pieces))
    assert len(documents) == 4
    assert max(len(each.data) for each in documents) < 1 << 20


def test_what_clients_may_nest_can_be_carried():
    nested = b'{"a":' * 32 + b"1" + b"}" * 32
    document = b'{"name":"g","groups":[],"document":%s}' % nested
    piece = Piece(Key(Kind.GROUP, "g"), document)
    assert list(codec.pieces(written(codec.documents([piece])))) == [piece]


def test_a_manifest_is_not_mostly_dependencies():
    def named(count):
        roles = [f"r{number}" for number in range(count)]
        policy = {"statements": [{"action": "grant", "roles": roles}]}
        (document,) = codec.documents(made({Key(Kind.POLICY, "p"): policy}))
        return len(document.dependencies)

    assert (named(32), named(33)) == (32, 0)


def test_there_are_not_more_things_than_an_account_can_have(monkeypatch):
    monkeypatch.setattr(codec, "PIECES", 3)
    things = {Key(Kind.GRANT, str(number)): {} for number in range(4)}
    with pytest.raises(Refused, match="more than 3 things"):
        list(codec.pieces(written(codec.documents(made(things)))))


def a_document(kind, data, own="1"):
    return Document(f"x://{own}", kind, own, f"platform/{own}.json", data)


HOSTILE = {
    "of a type that nobody knows": ([a_document("x", b"{}")], "type `x`, which is not known"),
    "without an id": ([a_document("list", b"{}")._replace(id="")], "has no id"),
    "a pack that has none": ([a_document("grants", b"{}")], "has `items`"),
    "a pack with more": ([a_document("grants", b'{"items":[],"a":1}')], "and nothing else"),
    "a pack of no list": ([a_document("grants", b'{"items":{}}')], "has `items`, a list"),
    "an item that is no object": ([a_document("grants", b'{"items":[1]}')], "has `id` and `document`"),
    "an item without an id": ([a_document("grants", b'{"items":[{"document":{}}]}')], "has `id`"),
    "an id that is no text": (
        [a_document("grants", b'{"items":[{"id":1,"document":{}}]}')],
        "a text as `id`",
    ),
    "a very long id": (
        [a_document("grants", b'{"items":[{"id":"%s","document":{}}]}' % (b"a" * 2049))],
        "an id of more than 2048 characters",
    ),
    "a document that is none": (
        [a_document("grants", b'{"items":[{"id":"a","document":[]}]}')],
        "an object as",
    ),
    "a long document": (
        [a_document("role", b'{"a":"%s"}' % (bytes(range(97, 122)) * 400_000))],
        "more than 8388608 bytes",
    ),
    "a thing twice": (
        [a_document("grants", b'{"items":[{"id":"a","document":{}}]}', own) for own in "12"],
        "the grant `a` stands twice",
    ),
}


@pytest.mark.parametrize(("documents", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_archive_of_things_is_refused(documents, reason):
    with pytest.raises(Refused, match=reason):
        list(codec.pieces(written(documents)))
