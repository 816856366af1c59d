"""Places by their URLs, each opened once: what is at one stays there when new archives go to another."""

from shared.store.pool import Pool
from shared.vault.objects import Bucket, Folder
from shared.vault.rows import Rows
from shared.vault.shelf import Shelf

DATABASE = "database:"


class Places:
    """The places that a process has opened."""

    def __init__(self) -> None:
        self._opened: dict[str, Shelf] = {}

    def shelf(self, url: str, pool: Pool) -> Shelf:
        """The place at a URL; raises Unreachable for one that cannot be opened."""
        if url == DATABASE:
            return Rows(pool)
        if url not in self._opened:
            self._opened[url] = (Folder if url.startswith("file:") else Bucket)(url)
        return self._opened[url]
