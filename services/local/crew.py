"""Readers at work: each takes the next part as soon as it is done with one."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import Protocol, TypeVar

from services.local import messages
from services.local.messages import Answer, Command, Gathered, Read, Task
from services.local.process import Process
from services.local.reader import Reader
from shared.wire.directory.batches import Raw

T = TypeVar("T")
A = TypeVar("A", bound=Answer)


class Member(Protocol):
    """A reader, wherever it is: gets a command, and says the answer when asked for it."""

    def send(self, message: bytes) -> None:
        """Take an encoded command."""

    def receive(self) -> Answer:
        """The answer to it."""

    def end(self) -> None:
        """Stop at once."""


class Here:
    """A reader in this process."""

    def __init__(self) -> None:
        self._reader = Reader()
        self._answer: Answer = messages.Ready()

    def send(self, message: bytes) -> None:
        """Take a command, and do it."""
        self._answer = self._reader.do(messages.decode_command(message))

    def receive(self) -> Answer:
        """What came of it."""
        return self._answer

    def end(self) -> None:
        """There is nothing to stop."""


class _Source:
    """The parts of a file, for whoever asks next."""

    def __init__(self, parts: Iterator[Raw]) -> None:
        self._parts = enumerate(parts)
        self._lock = threading.Lock()

    def take(self) -> bytes | None:
        """The command to read the next part; None if there is none."""
        with self._lock:
            found = next(self._parts, None)
        return None if found is None else messages.encode(Read(*found))


class Crew:
    """Some readers; `end` stops them."""

    def __init__(self, members: Sequence[Member], task: Task) -> None:
        self.members = members
        self.ask(task, messages.Ready)

    def read(self, parts: Iterator[Raw]) -> list[Gathered]:
        """Have all parts read; what came of each, in order. Raises what reading the file does, and Died."""
        source = _Source(parts)
        found = self._together(lambda member: _drained(member, source))
        return sorted((each for some in found for each in some), key=lambda each: each.part)

    def ask(self, command: Command, form: type[A]) -> list[A]:
        """What each reader answers to a command."""
        message = messages.encode(command)

        def asked(member: Member) -> A:
            member.send(message)
            return _expected(member.receive(), form)

        return self._together(asked)

    def _together(self, work: Callable[[Member], T]) -> list[T]:
        """Some work with each reader at the same time; when one fails, all are stopped."""
        with ThreadPoolExecutor(len(self.members)) as threads:
            futures = [threads.submit(work, member) for member in self.members]
            done, waiting = wait(futures, return_when=FIRST_EXCEPTION)
            if waiting or any(each.exception() for each in done):
                failed = next(each for each in done if each.exception())
                self.end()
                failed.result()
            return [each.result() for each in futures]

    def end(self) -> None:
        """Stop all readers."""
        for member in self.members:
            member.end()


def _drained(member: Member, source: _Source) -> list[Gathered]:
    """Have a reader read while there is anything; the next part is ready before it has done with one."""
    found, message = list[Gathered](), source.take()
    while message is not None:
        member.send(message)
        message = source.take()
        found.append(_expected(member.receive(), Gathered))
    return found


def _expected(answer: Answer, form: type[A]) -> A:
    if not isinstance(answer, form):
        raise TypeError(answer)  # INVARIANT: each command has its answer
    return answer


def processes(number: int) -> list[Process]:
    """So many readers, each in a process of its own."""
    return [Process() for _ in range(number)]
