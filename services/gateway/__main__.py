"""`python -m services.gateway`: settings, application, serve until told to stop."""

import argparse
import asyncio
import gc
import sys

from aiohttp import web

from services.gateway.app import build
from shared.process.logs import log
from shared.process.settings import Settings
from shared.process.startup import begin, stop_requested

SERVER_ERROR = 3
# Above the idle time of common load balancers, so that it is they who close.
KEEPALIVE_SECONDS = 75.0
# Of a request's first line: three parameters of the longest texts, each character twelve bytes when encoded.
LINE_BYTES = 64 * 1024
# A page of a thousand rows makes some thousand objects, none of which is part of a cycle.
COLLECT_EVERY = 10_000


async def serve(settings: Settings) -> None:
    """Answer until SIGTERM or SIGINT, then let what runs finish."""
    stopping = stop_requested()
    runner = web.AppRunner(
        build(settings),
        access_log=None,
        keepalive_timeout=KEEPALIVE_SECONDS,
        max_line_size=LINE_BYTES,
        shutdown_timeout=settings.drain_seconds,
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port)
        await site.start()
        log.info("gateway ready", host=settings.host, port=site.port)
        await stopping.wait()
        log.info("gateway stopping")
    finally:
        await runner.cleanup()


def main() -> None:
    """Read the command line and the environment, then serve."""
    argparse.ArgumentParser(
        prog="python -m services.gateway",
        description="Answers HTTP: policy tests and directory imports. Configured by the environment.",
    ).parse_args()
    settings = begin()
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY)
    try:
        asyncio.run(serve(settings))
    except OSError as fault:
        sys.stderr.write(f"cannot listen on `{settings.host}:{settings.port}`: {fault.strerror}\n")
        sys.exit(SERVER_ERROR)


if __name__ == "__main__":
    main()
