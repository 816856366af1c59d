"""A request that an id is tried in."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from tests.gateway.tenants import HOLE, NUMBER


class Sent(NamedTuple):
    """A request but for its path; it succeeds when HOLE is one's own id of the kind that `fits`."""

    fits: str | None = None
    body: Any = None
    query: Mapping[str, str] = MappingProxyType({})

    def filled(self, own: Mapping[str, str], value: str, number: int) -> "Sent":
        text = json.dumps([self.body, dict(self.query)]).replace(NUMBER, str(number))
        for placed, given in ((HOLE, value), *((f"<{kind}>", each) for kind, each in own.items())):
            text = text.replace(placed, json.dumps(given)[1:-1])
        return Sent(self.fits, *json.loads(text))
