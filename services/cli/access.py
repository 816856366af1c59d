"""Which gateway a command speaks to, and as whom: options, then the environment, then a credentials file."""

import functools
import os
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import click
import msgspec

LOCAL = "http://127.0.0.1:8080"


class Credentials(msgspec.Struct, frozen=True):
    """What `gatehouse standalone` writes once it is ready."""

    url: str
    account_id: str
    token: str


class Access(NamedTuple):
    """A gateway's `url` without a slash at its end, an `account` of it in hex, and a `token` for that."""

    url: str
    account: str
    token: str

    def __repr__(self) -> str:
        """Everything but the token, so that no traceback shows it."""
        return f"Access({self.url!r}, {self.account!r})"


class Given(NamedTuple):
    """The options as they came; None for what was not given."""

    url: str | None
    account: str | None
    token: str | None
    credentials: Path | None


def default_file() -> Path:
    """Where `gatehouse standalone` keeps its credentials unless told otherwise."""
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "gatehouse" / "credentials.json"


def read(path: Path) -> Credentials:
    """A credentials file; raises UsageError without a word of its content."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Credentials)
    except OSError as error:
        raise click.UsageError(f"cannot read the credentials in `{path}`: {error.strerror}") from None
    except msgspec.DecodeError:
        raise click.UsageError(
            f"`{path}` holds no credentials: it needs the texts `url`, `account_id` and `token`"
        ) from None


def stored(given: Given) -> Credentials | None:
    """The credentials file that applies, if any."""
    if given.credentials is not None:
        return read(given.credentials)
    path = default_file()
    if not path.is_file():
        return None
    found = read(path)
    # A file that nobody named must not send its token to another gateway than its own.
    return found if given.url is None or given.url.rstrip("/") == found.url.rstrip("/") else None


def find(given: Given) -> Access:
    """Whom to speak to as whom; raises UsageError saying what is missing."""
    complete = given.url and given.account and given.token and given.credentials is None
    file = None if complete else stored(given)
    account = given.account or (file and file.account_id)
    token = given.token or (file and file.token)
    if not account or not token:
        missing = [name for name, value in (("account", account), ("token", token)) if not value]
        raise click.UsageError(
            f"no {' and no '.join(missing)} given: pass --{missing[0]}, set GATEHOUSE_{missing[0].upper()}, "
            "or point --credentials at the file that `gatehouse standalone` writes"
        )
    url = given.url or (file.url if file else LOCAL)
    return Access(checked_url(url), checked_account(account), checked_token(token))


def checked_url(url: str) -> str:
    """A gateway's address without a slash at its end."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query:
        raise click.UsageError(f"`{url}` is no address of a gateway: give one such as `{LOCAL}`")
    return url.rstrip("/")


def checked_account(account: str) -> str:
    """An account id as 32 hex digits, however it was written."""
    try:
        return uuid.UUID(account).hex
    except ValueError:
        raise click.UsageError(f"`{account}` is no account id: give 32 hex digits") from None


def checked_token(token: str) -> str:
    """A token that can be put into a header; the message never repeats it."""
    stripped = token.strip()
    if not stripped.isascii() or not stripped.isprintable() or " " in stripped:
        raise click.UsageError("the token holds characters that no token has: give it as it was shown")
    return stripped


def options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of every command that speaks HTTP; the command gets an Access as its first argument."""

    @functools.wraps(command)
    def found(given: Given, **others: object) -> None:
        command(find(given), **others)

    return offered(found)


def offered(command: Callable[..., None]) -> Callable[..., None]:
    """Add the same options to a command that may not need them; it gets them as they were given."""

    @click.option("--url", envvar="GATEHOUSE_URL", help=f"Address of the gateway; else {LOCAL}.")
    @click.option("--account", envvar="GATEHOUSE_ACCOUNT", help="Account id, 32 hex digits.")
    @click.option(
        "--token", envvar="GATEHOUSE_TOKEN", help="API token; the environment keeps it out of `ps`."
    )
    @click.option(
        "--credentials",
        envvar="GATEHOUSE_CREDENTIALS",
        type=click.Path(path_type=Path),
        help="File with url, account and token; else the one of `gatehouse standalone`.",
    )
    @functools.wraps(command)
    def gathered(
        url: str | None, account: str | None, token: str | None, credentials: Path | None, **others: object
    ) -> None:
        command(Given(url, account, token, credentials), **others)

    return gathered
