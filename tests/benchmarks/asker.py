"""`python -m tests.benchmarks.asker`: ask over many connections at once, in a process of its own.

Reads one line of JSON on standard input (host, port, token, seconds, connections), then lists of requests
(method, path, body), a line each: those of the last line are sent in turn. Writes the seconds of each answer
as one line of JSON.
"""

import asyncio
import itertools
import json
import sys
import threading
import time
from typing import Any


class Shared:
    """What the connections share: the requests to send, the durations."""

    def __init__(self, asked: dict[str, Any], requests: str) -> None:
        self.asked = asked
        self.until = time.perf_counter() + asked["seconds"]
        self.durations: list[float] = []
        self.send(requests)

    def send(self, requests: str) -> None:
        """From now on send these, in turn."""
        self.requests = itertools.cycle([self._request(*each) for each in json.loads(requests)])

    def _request(self, method: str, path: str, body: str) -> bytes:
        return (
            f"{method} {path} HTTP/1.1\r\nHost: {self.asked['host']}\r\n"
            f"Authorization: Bearer {self.asked['token']}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body.encode())}\r\n\r\n{body}"
        ).encode()


class Connection(asyncio.Protocol):
    """One keep-alive connection that asks again as soon as it is answered."""

    def __init__(self, shared: Shared) -> None:
        self.shared, self.buffer = shared, b""
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        self.asked = time.perf_counter()
        self.transport.write(next(self.shared.requests))

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head = self.buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self.buffer.index(b"Content-Length: ") + 16
        if len(self.buffer) < head + 4 + int(self.buffer[at : self.buffer.index(b"\r", at)]):
            return
        now = time.perf_counter()
        assert self.buffer.startswith(b"HTTP/1.1 200"), self.buffer
        self.shared.durations.append(now - self.asked)
        self.buffer = b""
        if now < self.shared.until:
            self.ask()
        else:
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if error is None and time.perf_counter() >= self.shared.until:
            self.done.set_result(None)
        else:
            self.done.set_exception(error or ConnectionError("closed early"))


async def main() -> None:
    asked = json.loads(sys.stdin.readline())
    shared = Shared(asked, sys.stdin.readline())

    def follow() -> None:
        for line in sys.stdin:
            shared.send(line)

    threading.Thread(target=follow, daemon=True).start()
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: Connection(shared), asked["host"], asked["port"])
        for _ in range(asked["connections"])
    ]
    await asyncio.gather(*(connection.done for _, connection in made))
    print(json.dumps(shared.durations), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
