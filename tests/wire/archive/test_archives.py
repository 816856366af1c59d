"""Archives of our own: read again they are what was written, and the same documents are the same bytes."""

import hashlib
import io
import json
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.wire.archive.manifest import Manifest, Source
from shared.wire.archive.reading import Archive
from shared.wire.archive.writing import Document, archive

HEAD = Manifest("g", "a", "1", {}, sources=((Source("platform", "p"),),))
PART = st.from_regex(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,8}", fullmatch=True).filter(
    lambda part: not part.lower().endswith((".zip", ".jar", ".gz", ".tar"))
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
DOCUMENTS = st.dictionaries(
    st.text("xyz", min_size=1), st.dictionaries(st.text("abc"), JSON, max_size=3), max_size=6
)


def documents(given: dict[str, dict[str, object]]) -> list[Document]:
    return [
        Document(f"policy://p/{key}", "policy", key, f"policies/{key}.json", json.dumps(value).encode())
        for key, value in sorted(given.items())
    ]


def written(given: list[Document]) -> bytes:
    return b"".join(archive(HEAD, given))


@given(DOCUMENTS)
def test_what_was_written_is_read(given: dict[str, dict[str, object]]) -> None:
    found = Archive(io.BytesIO(written(documents(given))))
    assert {reference: document for reference, _, document in found.documents()} == {
        f"policy://p/{key}": value for key, value in given.items()
    }
    assert found.manifest.sources == HEAD.sources


@given(DOCUMENTS)
def test_the_same_documents_are_the_same_bytes(given: dict[str, dict[str, object]]) -> None:
    assert written(documents(given)) == written(documents(given))


def test_the_manifest_says_what_each_document_is() -> None:
    data = written(documents({"x": {"a": 1}}))
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        assert file.namelist() == ["policies/x.json", "manifest.json"]
        said = json.loads(file.read("manifest.json"))
        text = file.read("policies/x.json")
    assert said["model"] == "3.0.0"
    assert said["contents"] == {
        "policy://p/x": {
            "typeId": "policy",
            "id": "x",
            "location": "policies/x.json",
            "size": len(text),
            "sha256": hashlib.sha256(text).hexdigest(),
        }
    }


@pytest.mark.parametrize("other", [{"reference": "policy://p/x"}, {"location": "policies/x.json"}])
def test_nothing_stands_twice(other: dict[str, str]) -> None:
    (first,) = documents({"x": {}})
    second = documents({"y": {}})[0]._replace(**other)
    with pytest.raises(ValueError, match="stands twice"):
        written([first, second])


def test_memory_does_not_grow_with_the_archive() -> None:
    text = json.dumps({"a": "b" * 100_000}).encode()
    endless = (Document(f"p://{n}", "p", str(n), f"p/{n}.json", text) for n in range(2_000))
    tracemalloc.start()
    length = sum(map(len, archive(HEAD, endless)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert length > 200_000
    assert peak < 16 << 20
