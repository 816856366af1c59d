"""The gateway seen from outside: whether its port is free, and when it answers."""

import asyncio
import errno
import socket
import time

from services.standalone.errors import UNAVAILABLE, StandaloneError

_PATIENCE = 60.0


def claimed(host: str, port: int) -> int:
    """The port to listen on, any free one for 0; raises StandaloneError when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            problem = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
            raise StandaloneError(
                f"port `{port}` of `{host}` {problem}; choose another with --port", UNAVAILABLE
            ) from error
        return int(probe.getsockname()[1])


def url(host: str, port: int) -> str:
    """Where a client on this machine finds the gateway."""
    name = _reached(host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _reached(host: str) -> str:
    """A listening address as a client on this machine names it."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - listened on, not by us


async def ready(host: str, port: int) -> None:
    """Wait until the gateway says it is ready; raises StandaloneError when it does not within a minute."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if await _is_ready(host, port):
            return
        await asyncio.sleep(0.05)
    raise StandaloneError(f"the gateway was not ready within {_PATIENCE:.0f} seconds; its log says why")


async def _is_ready(host: str, port: int) -> bool:
    """Whether GET /readyz answers 200."""
    try:
        async with asyncio.timeout(3):
            reader, writer = await asyncio.open_connection(_reached(host), port)
            try:
                writer.write(b"GET /readyz HTTP/1.0\r\n\r\n")
                return (await reader.readline()).split()[1:2] == [b"200"]
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False
