import unicodedata

import pytest

from shared.wire.passwords import hash_password, matches

PASSWORD = "correct hörse"
STORED = hash_password(PASSWORD)
# It is another one each time.
HASH, CUT = pytest.param(STORED, id="its hash"), pytest.param(STORED[:-1], id="its hash, cut off")


def test_a_password_is_stored_as_argon2id_with_the_least_that_is_recommended():
    assert STORED.startswith("$argon2id$v=19$m=19456,t=3,p=1$")
    assert PASSWORD not in STORED
    assert hash_password(PASSWORD) != STORED


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_password_is_the_same_from_whatever_keyboard(form):
    assert matches(unicodedata.normalize(form, PASSWORD), STORED)


@pytest.mark.parametrize("other", ["", PASSWORD.upper(), PASSWORD + "\0", PASSWORD + " ", HASH])
def test_another_password_is_not_it(other):
    assert not matches(other, STORED)


@pytest.mark.parametrize("password", ["", PASSWORD])
def test_nobody_has_a_password(password):
    assert not matches(password, None)


@pytest.mark.parametrize("stored", ["", "x", PASSWORD, CUT, "$argon2id$v=19$m=1,t=1,p=1$x$x"])
def test_what_is_no_hash_lets_nobody_in(stored):
    assert not matches(PASSWORD, stored)


def test_an_empty_password_can_be_one():
    assert matches("", hash_password(""))
