"""Rows of results with texts of all sorts."""

from uuid import UUID

from hypothesis import strategies as st

from shared.wire.cloudflare.policy_tests import ROW_STATUS, Row

# PostgreSQL keeps neither of them.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
NASTY = st.text(st.sampled_from(list("=+-@\t\r\n ;|,\"'a1\uff1d\uff0b\uff0d\uff20\ufeff")), max_size=6)

ROWS = st.builds(
    Row,
    id=st.uuids().map(lambda each: UUID(int=each.int)),
    email=TEXTS | NASTY,
    name=TEXTS | NASTY,
    status=st.sampled_from(sorted(ROW_STATUS.values())),
)
BATCHES = st.lists(st.lists(ROWS, max_size=4), max_size=4)
