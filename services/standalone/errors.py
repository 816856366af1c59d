"""What stops a standalone, said so that its user can do something about it."""

FAILED = 1
UNAVAILABLE = 3


class StandaloneError(Exception):
    """A sentence fragment for the user; `code` is the exit code of the process."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code
