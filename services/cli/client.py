"""The one HTTP client of the commands: bounded waits, bounded retries, failures in one sentence."""

import asyncio
import base64
import hashlib
import os
from collections.abc import AsyncIterator, Callable, Mapping
from types import TracebackType
from typing import NamedTuple, Self

import aiohttp

from services.cli import answers, failures, render
from services.cli.access import Access

ATTEMPTS = 6
LONGEST_PAUSE = 30.0
FAILURE = 300  # a redirect too: the token goes nowhere else
BUSY = {429, 503}
ABSENT = 404
# What the caller can put right by giving something else.
REFUSALS = {400, 409, 413, 415, 422}
CONNECT_SECONDS = 5.0
CHUNK = 1 << 18
SILENCE = 60.0

Body = Callable[[], bytes | AsyncIterator[bytes]]


class Request(NamedTuple):
    """One call. `body` makes the bytes anew for each attempt; `again` says whether it can.

    `silence` is how many seconds the gateway may say nothing once all is sent. `told` puts a fault that the
    gateway finds into words for whoever wrote what is sent.
    """

    method: str
    path: str
    body: Body | None = None
    headers: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    again: bool = True
    silence: float = SILENCE
    told: Callable[[answers.Fault], str] = answers.Fault.told


class Reply(NamedTuple):
    """A whole answer: HTTP `status`, seconds to wait before another try, `body`."""

    status: int
    pause: float | None
    body: bytes


class Client:
    """Calls on one account. A `patient` client also outlasts a gateway that is away for a while."""

    def __init__(self, access: Access, *, patient: bool = False) -> None:
        self.access = access
        self.patient = patient
        self.session: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        """Open the connections."""
        authorization = {"Authorization": f"Bearer {self.access.token}"}
        self.session = aiohttp.ClientSession(headers=authorization)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self.session.close()

    def url(self, path: str) -> str:
        """The address of something of the account; behind a slash, of the platform that the token is for."""
        if path.startswith("/"):
            return self.access.url + path
        return f"{self.access.url}/accounts/{self.access.account}/{path}"

    async def get(self, path: str, query: Mapping[str, str] = {}) -> bytes:
        """The body of a successful answer; raises Refused or Unavailable."""
        return await self.send(Request("GET", path, query=query))

    async def send(self, request: Request) -> bytes:
        """The body of a successful answer; raises Refused or Unavailable."""
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS or not request.again
            try:
                reply = await self._once(request, attempt)
            except (aiohttp.ClientError, OSError) as error:
                if last or not self.patient:
                    raise failures.Unavailable(self._unreachable(error)) from None
                await asyncio.sleep(2.0 ** (attempt - 2))
                continue
            if reply.status not in BUSY or last:
                return _understood(reply, request.told)
            pause = min(1.0 if reply.pause is None else reply.pause, LONGEST_PAUSE)
            render.note(f"the gateway is busy, trying again in {pause:.0f} s")
            await asyncio.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    async def download(self, path: str, write: Callable[[bytes], object]) -> None:
        """Write a file as it comes; raises Refused, or Unavailable for one that does not come whole."""
        digest = hashlib.sha256()
        timeout = aiohttp.ClientTimeout(None, sock_connect=CONNECT_SECONDS, sock_read=SILENCE)
        try:
            async with self.session.get(self.url(path), timeout=timeout, allow_redirects=False) as response:
                if response.status >= FAILURE:
                    _understood(Reply(response.status, None, await response.read()), answers.Fault.told)
                async for piece in response.content.iter_chunked(CHUNK):
                    digest.update(piece)
                    write(piece)
                said = response.headers.get("Repr-Digest")
        except aiohttp.ClientError as error:
            raise failures.Unavailable(self._unreachable(error)) from None
        if said != f"sha-256=:{base64.b64encode(digest.digest()).decode()}:":
            raise failures.Unavailable("what arrived is not what was sent: its digest is another; try again")

    async def _once(self, request: Request, attempt: int) -> Reply:
        # Told as the official clients tell it: what a lost answer was about is not made a second time.
        headers = {**request.headers, "x-stainless-retry-count": str(attempt - 1)}
        body = request.body() if request.body else None
        call = self.session.request(
            request.method,
            self.url(request.path),
            data=body,
            headers=headers,
            params=request.query,
            timeout=aiohttp.ClientTimeout(None, sock_connect=CONNECT_SECONDS, sock_read=request.silence),
            allow_redirects=False,
        )
        async with call as response:
            pause = response.headers.get("Retry-After", "")
            answer = await response.content.read()
            if response.status >= FAILURE:
                response.close()  # what is refused need not be sent to its end
            return Reply(response.status, float(pause) if pause.isdecimal() else None, answer)

    def _unreachable(self, error: Exception) -> str:
        return f"cannot reach the gateway at `{self.access.url}`: {render.neutral(_why(error))}"


def _why(error: Exception) -> str:
    """What went wrong on the way, without the library's own words where the system has some."""
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    if isinstance(error, OSError) and error.errno and error.errno > 0:
        return os.strerror(error.errno).lower()
    return str(error) or type(error).__name__


def _understood(reply: Reply, told: Callable[[answers.Fault], str]) -> bytes:
    """The body of a success; raises Refused or Unavailable for anything else."""
    if reply.status < FAILURE:
        return reply.body
    try:
        faults = answers.decode(reply.body, answers.Answer).errors or []
    except failures.Unavailable:
        faults = []
    lines = [render.neutral(told(fault)) for fault in faults] or _told_by_platform(reply.body)
    said = "\n".join(lines) or f"the gateway answered {reply.status}"
    if reply.status == ABSENT:
        raise failures.Absent(said)
    if reply.status in REFUSALS:
        raise failures.Refused(said, [fault.wrong for fault in faults])
    raise failures.Unavailable(said)


def _told_by_platform(body: bytes) -> list[str]:
    """What the other dialect says of a failure."""
    try:
        message = answers.decode(body, answers.Refusal).message
    except failures.Unavailable:
        return []
    return [render.neutral(message)] if message else []
