"""`python -m tests.benchmarks.poller`: poll a status over many connections, in a process of its own.

Reads one line of JSON on standard input (host, port, path, token, seconds, connections), then ids of tests, a
line each: the last one is polled. Writes the seconds of each answer as one line of JSON.
"""

import asyncio
import json
import sys
import threading
import time
from typing import Any


class Shared:
    """What the connections share: the request to send, the durations."""

    def __init__(self, asked: dict[str, Any], test_id: str) -> None:
        self.asked = asked
        self.until = time.perf_counter() + asked["seconds"]
        self.durations: list[float] = []
        self.poll(test_id)

    def poll(self, test_id: str) -> None:
        self.request = (
            f"GET {self.asked['path']}/{test_id} HTTP/1.1\r\nHost: {self.asked['host']}\r\n"
            f"Authorization: Bearer {self.asked['token']}\r\n\r\n"
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
        self.transport.write(self.shared.request)

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
    shared = Shared(asked, sys.stdin.readline().strip())

    def follow() -> None:
        for line in sys.stdin:
            shared.poll(line.strip())

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
