"""HTTP as one client has it: a keep-alive connection, one request at a time, nothing in between."""

import json
import time
from http.client import HTTPConnection
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import urlencode, urlsplit

POLL_SECONDS = 0.002
IMPORT_POLL_SECONDS = 0.2  # more often, and the asking would take a part of what is measured
BLOCK = 1 << 20
TESTS, IMPORTS = "/access/policy-tests", "/directory/imports"


class Ended(NamedTuple):
    """A test that was waited for: its last status, when the POST was sent and when it was seen ended."""

    status: dict[str, Any]
    sent: float
    answered: float
    seen: float

    @property
    def seconds(self) -> float:
        return self.seen - self.sent


class Imported(NamedTuple):
    """An import that was waited for: its last status, seconds of the upload and of the rest."""

    status: dict[str, Any]
    upload: float
    merge: float


class Wire:
    def __init__(self, url: str, account: str, token: str) -> None:
        where = urlsplit(url)
        self.connection = HTTPConnection(where.hostname or "", where.port, timeout=900, blocksize=BLOCK)
        self.prefix = f"/accounts/{account}"
        self.headers = {"Authorization": f"Bearer {token}"}

    def exchange(self, method: str, path: str, body: Any = None, **headers: str) -> bytes:
        """The whole answer, as it came."""
        self.connection.request(method, self.prefix + path, body, self.headers | headers)
        return self.connection.getresponse().read()

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The whole answer, which must be a success."""
        answer = json.loads(self.exchange(method, path, body, **headers))
        assert answer["success"], answer
        return answer

    def tested(self, body: bytes) -> Ended:
        """Start a test and poll it until it has ended; times are of the wall clock, as PostgreSQL's are."""
        sent = time.time()
        test_id = self.call("POST", TESTS, body)["result"]["id"]
        answered = time.time()
        while (status := self.call("GET", f"{TESTS}/{test_id}")["result"])["status"] == "processing":
            time.sleep(POLL_SECONDS)
        ended = Ended(status, sent, answered, time.time())
        assert status["status"] == "complete", status
        return ended

    def imported(self, data: bytes | BinaryIO, size: int) -> Imported:
        """Upload a directory and wait until it is merged."""
        started = time.perf_counter()
        headers = {"Content-Type": "application/x-ndjson", "Content-Length": str(size)}
        import_id = self.call("POST", IMPORTS, data, **headers)["result"]["id"]
        uploaded = time.perf_counter()
        while (status := self.call("GET", f"{IMPORTS}/{import_id}")["result"])["status"] == "processing":
            time.sleep(IMPORT_POLL_SECONDS)
        assert status["status"] == "complete", status
        assert not status["rows_rejected"], status
        return Imported(status, uploaded - started, time.perf_counter() - uploaded)

    def page(self, test_id: str, **query: str | int) -> bytes:
        """One page of a test's users, as it came."""
        return self.exchange("GET", f"{TESTS}/{test_id}/users?{urlencode(query)}")
