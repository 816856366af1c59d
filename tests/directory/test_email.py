"""When two addresses are the same, and what is no address at all."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.directory.email import ADDRESS_LIMIT, canonical_domain, canonical_email, domain_of
from shared.directory.errors import Refused

CANONICAL = {
    "Ann@A.Example": "ann@a.example",
    "ann+tag@a.example": "ann+tag@a.example",
    "a.n.n@gmail.example": "a.n.n@gmail.example",
    "STRASSE@a.example": "strasse@a.example",
    "straße@a.example": "strasse@a.example",
    "\u212aim@a.example": "kim@a.example",  # the sign of the kelvin
    "\u017fam@a.example": "sam@a.example",  # a long s
    "\u0130@a.example": "i\u0307@a.example",  # Turkish; PostgreSQL would make it a plain i
    "\uff41nn@a.example": "ann@a.example",
    "ann\uff20a.example": "ann@a.example",
    "e\u0301va@a.example": "\u00e9va@a.example",
    "ann@\uff45xample.com": "ann@example.com",
    "ann@BÜCHER.example": "ann@xn--bcher-kva.example",
    "ann@XN--BCHER-KVA.example": "ann@xn--bcher-kva.example",
    "ann@faß.de": "ann@xn--fa-hia.de",  # not fass.de, which is somebody else's
    "ann@βόλος.com": "ann@xn--nxasmm1c.com",  # not βόλοσ.com
    "ann@ex\u0430mple.com": "ann@xn--exmple-4nf.com",  # with a Cyrillic letter
    "ann@a\u3002example": "ann@a.example",
    "ann@1.2.example": "ann@1.2.example",
}


@pytest.mark.parametrize("given_", CANONICAL)
def test_addresses_that_are_the_same_have_one_form(given_):
    assert canonical_email(given_) == CANONICAL[given_]


REFUSED = [
    *("", "ann", "@a.example", "ann@", "ann@localhost", "ann@.example", "ann@a..example"),
    *("ann@a.example.", "ann@a.example\u3002", "ann@a.example..", "ann@@a.example", "a@b@c.example"),
    *(
        '"ann"@a.example',
        '"a b"@a.example',
        "a b@a.example",
        " ann@a.example",
        "ann@a.example ",
        "ann@a.example\n",
    ),
    *("an\0n@a.example", "an\tn@a.example", "ann(x)@a.example", "ann,bob@a.example", "<ann@a.example>"),
    *("ann@-a.example", "ann@a-.example", "ann@a_b.example", "ann@[10.0.0.1]", "ann@*.example"),
    *("ann@xn--a.example", "ann@a\u200db.example", "a@b.example\uff20c.example", f"ann@{'a' * 64}.example"),
    *(f"{'a' * ADDRESS_LIMIT}@a.example", "\u3316" * 300 + "@a.example"),  # of six letters each, once normal
]


@pytest.mark.parametrize("given_", REFUSED, ids=lambda text: ascii(text)[1:40])
def test_what_is_no_address_is_refused(given_):
    with pytest.raises(Refused):
        canonical_email(given_)


DOMAINS = {
    "a.example": "a.example",
    "@A.Example": "a.example",
    "a.example.": "a.example",
    "a.example\u3002": "a.example",
    "faß.de": "xn--fa-hia.de",
    "fass.de": "fass.de",
    "BÜCHER.example": "xn--bcher-kva.example",
}


@pytest.mark.parametrize("given_", DOMAINS)
def test_domains_that_are_the_same_have_one_form(given_):
    assert canonical_domain(given_) == DOMAINS[given_]


@pytest.mark.parametrize(
    "given_",
    ["", ".", "@", "@@a.example", "example", "a.example..", "*.example", "a b.example", "ann@a.example"],
)
def test_what_is_no_domain_is_refused(given_):
    with pytest.raises(Refused):
        canonical_domain(given_)


LETTERS = st.text("ab.-1+Aß\u3002ςIİK\u017fé\u0301\u0345\uff41", min_size=1, max_size=8)
TYPED = st.builds("{}@{}.{}".format, LETTERS, LETTERS, st.sampled_from(["example", "de", "ΣΑΣ", "xn--p1ai"]))


@given(TYPED)
def test_the_canonical_form_is_its_own(typed):
    try:
        canonical = canonical_email(typed)
    except Refused:
        return
    assert canonical_email(canonical) == canonical


@given(TYPED)
@example("ann@ab--cd.example")
@example(f"ann@{'.'.join(['a' * 60] * 5)}.example")
def test_the_domain_of_an_address_is_a_domain(typed):
    """So that a rule can ask for it."""
    try:
        canonical = canonical_email(typed)
    except Refused:
        return
    assert canonical_domain(domain_of(canonical)) == domain_of(canonical)


@given(TYPED)
def test_the_case_of_an_ascii_address_says_nothing(typed):
    ascii_only = typed.encode("ascii", "ignore").decode()
    try:
        canonical = canonical_email(ascii_only)
    except Refused:
        return
    assert canonical_email(ascii_only.upper()) == canonical
