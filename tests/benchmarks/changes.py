"""The first test after some users changed: their log is folded before it runs."""

import asyncio
from collections.abc import Sequence

from tests.benchmarks import people
from tests.benchmarks.report import Line, milliseconds, quantile
from tests.benchmarks.stage import Stage
from tests.benchmarks.wire import Ended

USERS, TARGET = 100, 1.0


async def measure(stage: Stage, body: bytes, changing: Sequence[bytes], turns: int) -> list[Line]:
    """Change users, test at once; several times."""
    ended = [await asyncio.to_thread(_turn, stage, body, changing, turn) for turn in range(turns)]
    seconds = [each.seconds for each in ended]
    what = f"test right after {len(changing)} random users changed (an import)"
    return [Line(what, milliseconds(seconds), f"≤ {1000 * TARGET:.0f} ms", quantile(seconds, 0.5) <= TARGET)]


def _turn(stage: Stage, body: bytes, changing: Sequence[bytes], turn: int) -> Ended:
    wire = stage.new_wire()
    data = b"".join(people.moved(list(changing), turn))
    done = wire.imported(data, len(data))
    assert done.status["users_updated"] == len(changing), done.status
    return wire.tested(body)
