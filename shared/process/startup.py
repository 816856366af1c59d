"""How a long-running process begins, and how it learns that it should end."""

import asyncio
import os
import signal
import sys

from shared.process.logs import configure, log
from shared.process.settings import Settings, SettingsError, load

USAGE_ERROR = 2


def begin() -> Settings:
    """Settings from the environment, with logging set up; ends the process when they cannot be used."""
    try:
        settings = load(os.environ)
    except SettingsError as fault:
        sys.stderr.write(f"{fault}\n")
        sys.exit(USAGE_ERROR)
    configure(settings.log_format, settings.log_level)
    for warning in settings.unknown:
        log.warning(warning)
    return settings


def stop_requested() -> asyncio.Event:
    """An event that SIGTERM or SIGINT sets."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    return stopping
