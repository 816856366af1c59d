"""A reader: holds parts of the users, and does with them what it is told."""

from services.local import judging
from services.local.bench import Bench, bench
from services.local.messages import (
    Answer,
    Command,
    Judge,
    Judgement,
    Mended,
    People,
    Place,
    Read,
    Ready,
    Search,
    Show,
    Suspects,
    Task,
)
from services.local.part import Part
from shared.directory import bitmaps


class Reader:
    """Some parts of the users; the task comes before anything else."""

    def __init__(self) -> None:
        self._bench: Bench | None = None
        self._parts: dict[int, Part] = {}

    def do(self, command: Command) -> Answer:
        """Do as told."""
        match command:
            case Task():
                self._bench = bench(command)
                return Ready()
            case Read(number, raw):
                if self._bench is None:
                    raise RuntimeError("nothing is to be tested")  # INVARIANT: tasks come first
                part = self._parts[number] = Part(number, self._bench)
                return part.read(raw)
            case Search(hashes):
                wanted = bitmaps.decode(hashes)
                return Suspects([each for part in self._parts.values() for each in part.suspects(wanted)])
            case Judge(mended):
                self._mend(mended)
                return Judgement([judging.judged(part) for part in self._parts.values()])
            case Show(places):
                return self._people(places)

    def _mend(self, mended: list[Mended]) -> None:
        for each in mended:
            if each.part in self._parts:
                self._parts[each.part].mend(each)

    def _people(self, places: list[Place]) -> People:
        here = [place for place in places if place.part in self._parts]
        return People([self._parts[place.part].person(place.position) for place in here])
