"""What lies in Redis: ids and numbers, nothing personal, nothing that runs when it is read."""

import pickle
from uuid import UUID

import msgspec
import pytest

from shared.wire import jobs
from shared.wire.jobs import Hint, Kind

HINT = Hint(Kind.EVALUATE, UUID(int=1), UUID(int=2), 3, 4)


@pytest.mark.parametrize("kind", Kind)
def test_a_hint_is_read_as_it_was_packed(kind: Kind) -> None:
    hint = Hint(kind, UUID(int=1), UUID(int=2), 3, 4)
    assert jobs.unpack(jobs.pack(hint)) == hint
    assert kind in jobs.QUEUES


def test_each_announcement_has_an_id_of_its_own() -> None:
    others = [
        Hint(Kind.PLAN, UUID(int=1), UUID(int=2), 3, 4),
        Hint(Kind.EVALUATE, UUID(int=1), UUID(int=3), 3, 4),
    ]
    others += [Hint(Kind.EVALUATE, UUID(int=1), UUID(int=2), n, m) for n, m in ((0, 4), (3, 5), (34, 0))]
    assert len({HINT.job_id, *(other.job_id for other in others)}) == 6
    assert HINT.job_id == jobs.unpack(jobs.pack(HINT)).job_id


class Bomb:
    def __reduce__(self) -> tuple[object, ...]:
        return (print, ("boom",))


@pytest.mark.parametrize("data", [pickle.dumps(Bomb()), b"", b"\xc1", b"\x93\x01", b"[" * 100])
def test_what_is_no_hint_is_refused_and_not_run(data: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(msgspec.MsgspecError):
        jobs.unpack(data)
    assert capsys.readouterr().out == ""


def test_a_failure_is_described_rather_than_pickled() -> None:
    assert jobs.decode(jobs.encode({"r": ValueError("x")})) == {"r": "ValueError('x')"}
