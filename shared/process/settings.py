"""Settings, read from the environment once, at start; all that is wrong is said at once."""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta, Struct, field

PREFIX = "GATEHOUSE_"

# What a command line reads for itself; known here so that a process does not warn about it.
CLIENT_NAMES = frozenset({"GATEHOUSE_URL", "GATEHOUSE_ACCOUNT", "GATEHOUSE_TOKEN", "GATEHOUSE_CREDENTIALS"})

Port = Annotated[int, Meta(ge=0, le=65535)]
Positive = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(gt=0)]
ArchivesUrl = Annotated[str, Meta(pattern=r"\A(database:|file:///[^?#]+|s3://[^/?#@]+(/[^?#]*)?)\Z")]
LogFormat = Literal["json", "console"]
LogLevel = Literal["debug", "info", "warning", "error"]


class SettingsError(Exception):
    """The environment cannot be used; the message holds one line for each fault."""


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One process's settings; `GATEHOUSE_` and the upper-case name, unless given without prefix below."""

    database_url: str = field(name="DATABASE_URL")
    """PostgreSQL 15 or later."""
    redis_url: str = field(name="REDIS_URL")
    """Redis 6.2 or later, or Valkey; one database of it is ours alone."""
    host: str = "127.0.0.1"
    """Where the gateway listens."""
    port: Port = 8080
    """0 takes any free port and says which in the log."""
    worker_host: str = "127.0.0.1"
    """Where a worker answers /livez and /metrics."""
    worker_port: Port = 0
    """0 takes any free port and says which in the log."""
    log_format: LogFormat = "json"
    """`json` for machines, `console` for people."""
    log_level: LogLevel = "info"
    """The least grave level that is written."""
    lease_seconds: Seconds = 15
    """How long a worker may hold a chunk before another may take it; far above what a chunk takes."""
    rehint_seconds: Seconds = 5
    """How long work may stay unclaimed before it is announced again."""
    deadline_seconds: Seconds = 600
    """A policy test's whole budget; what is done by then stands."""
    retention_days: Positive = 7
    """How long ended tests, imports and jobs can be read."""
    running_tests: Positive = 20
    """Unfinished tests of one account; one more is refused with 429."""
    running_transfers: Positive = 10
    """Unfinished exports and imports of one account; one more is refused with 429."""
    drain_seconds: Seconds = 20
    """How long a stopping process lets running work end by itself."""
    cache_bytes: Annotated[int, Meta(ge=0)] = 64 * 1024 * 1024
    """Postings that a worker keeps in memory."""
    pool_size: Positive = 10
    """PostgreSQL connections of one process, at most."""
    import_bytes: Positive = 10 * 1024**3
    """The largest body of a directory import."""
    archives_url: ArchivesUrl = "database:"
    """Where archives are kept: `database:`, `file:///` and a folder, or `s3://` and a bucket."""
    archives_bytes: Positive = 10 * 1024**3
    """What an account's archives may take together."""
    unknown: tuple[str, ...] = ()
    """Warnings, one for each GATEHOUSE_ name that no setting has."""


def environment_name(attribute: str) -> str:
    """The environment variable of a setting."""
    return attribute if attribute.isupper() else PREFIX + attribute.upper()


NAMES = {
    environment_name(spec.encode_name): spec
    for spec in msgspec.structs.fields(Settings)
    if spec.name != "unknown"
}


def _read(environment: Mapping[str, str], name: str) -> str | None:
    """A variable's text, or that of the file its `_FILE` variant names (how secrets are mounted)."""
    if (path := environment.get(f"{name}_FILE")) is not None:
        return Path(path).read_text(encoding="utf-8").strip()
    return environment.get(name)


def _value(name: str, text: str) -> object:
    """One setting's value; raises SettingsError."""
    kind = NAMES[name].type
    try:
        return msgspec.convert(text, kind, strict=False)
    except msgspec.ValidationError as fault:
        words = (
            f"one of {', '.join(get_args(kind))}"
            if get_args(kind) and kind in (LogFormat, LogLevel)
            else fault
        )
        raise SettingsError(f"`{name}` is `{text}`: {words}") from None


def _warnings(environment: Mapping[str, str]) -> Iterator[str]:
    known = {*NAMES, *(f"{name}_FILE" for name in NAMES), *CLIENT_NAMES}
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, sorted(known), n=1)
            yield f"`{name}` is no setting" + (f", did you mean `{near[0]}`?" if near else "")


def load(environment: Mapping[str, str]) -> Settings:
    """Settings from an environment; raises SettingsError naming every fault at once."""
    values: dict[str, object] = {}
    faults: list[str] = []
    for name, spec in NAMES.items():
        try:
            text = _read(environment, name)
            if text is not None and (text or spec.required):
                values[spec.name] = _value(name, text)
            elif spec.required:
                faults.append(f"`{name}` is not set")
        except SettingsError as fault:
            faults.append(str(fault))
        except OSError as fault:
            faults.append(f"`{name}_FILE` cannot be read: {fault.strerror}")
    if faults:
        raise SettingsError("\n".join(faults))
    return Settings(**values, unknown=tuple(_warnings(environment)))  # type: ignore[arg-type]  # each converted to its field's type above
