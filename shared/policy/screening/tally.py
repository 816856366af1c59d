"""How many users got which verdict, and the percentages made of that."""

from msgspec import Struct


class Tally(Struct, frozen=True):
    """Processed users by verdict."""

    approved: int = 0
    blocked: int = 0
    errored: int = 0

    @property
    def processed(self) -> int:
        """All of them."""
        return self.approved + self.blocked + self.errored


def percent_processed(tally: Tally, total: int, *, complete: bool) -> int:
    """Rounded down, so that 100 means all; a complete test of nobody is all of it."""
    if complete:
        return 100
    return min(99, 100 * tally.processed // total) if total else 0


def shares(tally: Tally) -> tuple[int, int, int]:
    """Percent approved, blocked, errored of the processed: they sum to 100, or are 0 while nobody is.

    By largest remainder; of equal remainders errored, then blocked gets the point, never approved first.
    """
    if not tally.processed:
        return (0, 0, 0)
    counts = (tally.approved, tally.blocked, tally.errored)
    whole = [100 * count // tally.processed for count in counts]
    remainders = [100 * count % tally.processed for count in counts]
    neediest = sorted(range(3), key=lambda which: (remainders[which], which), reverse=True)
    for which in neediest[: 100 - sum(whole)]:
        whole[which] += 1
    return (whole[0], whole[1], whole[2])
