"""What comes of a policy test: a verdict for each user of a segment."""

from typing import NamedTuple

from pyroaring import BitMap


class Verdicts(NamedTuple):
    """A partition of a segment's live positions: who gets in, who does not, of whom it cannot be said."""

    approved: BitMap
    blocked: BitMap
    errored: BitMap


NOBODY = Verdicts(BitMap(), BitMap(), BitMap())
