"""The examples, each a folder, and what is written there of how it ends."""

from pathlib import Path
from typing import Any

import msgspec

HERE = Path(__file__).parent


class Outcome(msgspec.Struct, forbid_unknown_fields=True):
    """How an example ends: the command's exit code, users by verdict and by change, what does not hold."""

    exit_code: int
    verdicts: dict[str, int]
    changes: dict[str, int]
    broken: list[str]


class Example:
    """A folder with a directory, policies before and after, what is expected of them, what comes of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __str__(self) -> str:
        return self.folder.name

    def read(self, name: str) -> Any:
        """A JSON file of it; nothing where it has none."""
        path = self.folder / f"{name}.json"
        return msgspec.json.decode(path.read_bytes()) if path.exists() else {}

    @property
    def directory(self) -> Path:
        return self.folder / "directory.ndjson"

    @property
    def outcome(self) -> Outcome:
        return msgspec.json.decode((self.folder / "outcome.json").read_bytes(), type=Outcome)


EXAMPLES = [Example(path.parent) for path in sorted(HERE.glob("*/policies.json"))]
