"""The command: options in, exit code out."""

import asyncio
import signal
import sys
from pathlib import Path

import click

from services.standalone import data_directory
from services.standalone.errors import FAILED, StandaloneError
from services.standalone.standalone import Options, Standalone, say
from shared.process.settings import SettingsError

_USAGE = 2


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    envvar="GATEHOUSE_PORT",
    help="Port of the gateway; 0 takes any free one.",
)
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=data_directory.default,
    show_default="$XDG_DATA_HOME/gatehouse or ~/.local/share/gatehouse",
    help="Where everything is kept.",
)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Number of workers."
)
def standalone(*, port: int, data_dir: Path, workers: int) -> None:
    r"""Run PostgreSQL, Valkey, the gateway and workers on this machine until stopped.

    DATABASE_URL and REDIS_URL name servers to use instead of own ones. Credentials for the first account are
    in credentials.json of the data directory once everything is ready.

    \b
    Example:
      gatehouse standalone --port 9000 --data-dir ./gatehouse
    """
    sys.exit(asyncio.run(_run(Options(port, data_dir, workers))))


async def _run(options: Options) -> int:
    try:
        running = Standalone(options)
        task = asyncio.create_task(running.serve())
        _on_signal(task, running)
        await task
    except asyncio.CancelledError:
        return 0
    except StandaloneError as error:
        click.echo(f"error: {error}", err=True)
        return error.code
    except SettingsError as error:
        click.echo(f"error: {error}", err=True)
        return _USAGE
    return FAILED


def _on_signal(task: asyncio.Task[None], running: Standalone) -> None:
    """Stop at the first signal, stop at once at the second."""
    loop = asyncio.get_running_loop()
    stopping = False

    def stop() -> None:
        nonlocal stopping
        if stopping:
            say("stopping without waiting for running work")
            running.hurry()
            return
        stopping = True
        say("stopping")
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # nohup and shells ignore signals on purpose for what they start in the background.
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, stop)


if __name__ == "__main__":
    standalone(prog_name="gatehouse standalone")
