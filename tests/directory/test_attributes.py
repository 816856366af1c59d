import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.directory import attributes
from shared.directory.attributes import LABEL_LIMIT, claim_digest, group_email_label, label, membership_label

CONFUSING = st.text("a1:#\0", max_size=6) | st.integers(100, 200).map("x".__mul__)
PAIRS = st.tuples(CONFUSING, CONFUSING)


@given(CONFUSING, CONFUSING)
def test_other_texts_have_other_labels(first, second):
    assume(first != second)
    assert label(first) != label(second)


@given(CONFUSING, CONFUSING)
def test_other_groups_have_other_labels(first, second):
    assume(first != second)
    assert membership_label(first) != membership_label(second)
    assert len(membership_label(first)) <= LABEL_LIMIT


@given(PAIRS, PAIRS)
def test_other_pairs_have_other_labels_and_keys(first, second):
    assume(first != second)
    assert label(*first) != label(*second)
    assert claim_digest(*first) != claim_digest(*second)


@given(CONFUSING)
def test_nobody_can_write_the_label_of_a_long_text(text):
    hashed = label("long" * LABEL_LIMIT)
    assert label(hashed) != hashed
    assert label(text) != hashed


@given(st.text(), st.text())
def test_a_label_fits_an_index_and_can_be_stored(first, second):
    for made in (label(first), label(first, second)):
        assert len(made) <= LABEL_LIMIT
        assert "\0" not in made


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Ops@A.example", "ops@a.example"),
        ("ops@BÜCHER.example", "ops@xn--bcher-kva.example"),
        ("No Address", "no address"),
    ],
)
def test_group_addresses_are_compared_as_users_are(first, second):
    assert group_email_label(first) == group_email_label(second)


def test_the_bucket_of_a_key_is_its_first_byte():
    assert attributes.bucket(b"\x0a\0\0\1") == "0a"
    assert attributes.address_attribute(b"\x0a\0\0\1") == attributes.ADDRESS_V4
    assert attributes.address_attribute(b"\x0a" * 16) == attributes.ADDRESS_V6
