"""Documents say nothing of the account that they come from, and come back as they were, or as another's."""

from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.wire.transfer import placeholder

HERE, THERE = UUID("8f3a4c5d-0000-4000-8000-00000000abcd"), UUID(int=7, version=4)
PARTS = [
    HERE.hex,
    THERE.hex,
    "{platform}",
    "{platform!}",
    "{platform",
    "{",
    "}",
    "!",
    "platform",
    "é",
    '"',
    "\\",
]
TEXTS = st.lists(st.sampled_from(PARTS) | st.text(max_size=3)).map("".join)
DOCUMENTS = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers(-(2**53), 2**53),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(TEXTS)
def test_a_text_comes_back(text):
    carried = placeholder.neutral_text(text, HERE)
    assert HERE.hex not in carried
    assert placeholder.restored_text(carried, HERE) == text


@given(TEXTS, TEXTS)
def test_two_texts_stay_two(first, second):
    same = placeholder.neutral_text(first, HERE) == placeholder.neutral_text(second, HERE)
    assert same == (first == second)


@given(DOCUMENTS)
def test_a_document_comes_back(given_document):
    document = msgspec.json.encode({"a": given_document})
    carried = placeholder.neutral(document, HERE)
    assert placeholder.restored(carried, HERE) == document
    # What was said of the one account is said of the other: it leaves that one as it left this one.
    arrived = placeholder.restored(carried, THERE)
    if THERE.hex.encode() not in document:
        assert placeholder.neutral(arrived, THERE) == carried


@pytest.mark.parametrize(
    ("text", "carried"),
    [
        (f"node://{HERE.hex}/r/b/n", "node://{platform}/r/b/n"),
        (f"node://{HERE.hex.upper()}/r", "node://{platform}/r"),
        (f"node://{THERE.hex}/r", f"node://{THERE.hex}/r"),
        ("node://platform/r", "node://platform/r"),
        ("node://{platform}/r", "node://{platform!}/r"),
        (str(HERE), str(HERE)),
    ],
)
def test_only_the_accounts_own_id_is_replaced(text, carried):
    assert placeholder.neutral_text(text, HERE) == carried
