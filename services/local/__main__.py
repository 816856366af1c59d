"""`python -m services.local`: one test of a directory in a file: a request comes in, a report goes out."""

import argparse
import gc
import signal
import sys
from pathlib import Path
from typing import NoReturn

import msgspec
from msgspec import Struct

from services.local import request, run, shelf
from services.local.process import Died
from services.local.report import Report
from services.local.request import Prepared
from shared.directory.errors import Refused
from shared.wire.cloudflare.envelope import Message, refusal
from shared.wire.faults import Fault, Faulty

REFUSED, FAILED = 2, 3
DESCRIPTION = (
    "Tests policies against every user of a directory in a file, without a server. Reads from standard "
    "input what a policy test of the service is started with, and writes one JSON object: test, reasons, "
    "comparison, expectations, findings, directory. Exits with 2 and `errors` for a request that is refused, "
    "with 3 and a line on standard error for a file that cannot be read."
)


class Refusal(Struct, frozen=True):
    """What is wrong with a request, in the gateway's words."""

    errors: list[Message]


class Arguments(argparse.Namespace):
    """The files."""

    directory: Path
    base: Path | None
    resources: Path | None


def main() -> None:
    """Read, test, write, and end with the exit code that says how it went."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # at once; the readers end when nobody talks to them
    arguments = _arguments()
    gc.disable()  # what is made here stays to the end, and looking through it takes longer than all the rest
    try:
        prepared = _prepared(arguments)
        answer: Report | Refusal = run.run(prepared, arguments.directory)
    except Faulty as faulty:
        answer = Refusal([refusal(fault) for fault in faulty.faults])
    except OSError as fault:
        _fail(f"cannot read `{fault.filename or arguments.directory}`: {fault.strerror}")
    except Refused as fault:
        _fail(f"`{arguments.directory}` is no directory: {fault}")
    except Died as fault:
        _fail(str(fault))
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
    sys.stdout.buffer.flush()
    sys.exit(REFUSED if isinstance(answer, Refusal) else 0)


def _arguments() -> Arguments:
    parser = argparse.ArgumentParser(prog="python -m services.local", description=DESCRIPTION)
    parser.add_argument(
        *("--directory", "-d"), type=Path, required=True, help="users, as NDJSON, or as CSV if it ends so"
    )
    parser.add_argument("--base", type=Path, help="policies to compare with")
    parser.add_argument("--resources", type=Path, help="policies, groups and lists that may be referred to")
    return parser.parse_args(namespace=Arguments())


def _prepared(arguments: Arguments) -> Prepared:
    """What is to be tested; raises Faulty, OSError."""
    body = sys.stdin.buffer.read()
    base = None if arguments.base is None else arguments.base.read_bytes()
    kept = shelf.NOTHING if arguments.resources is None else _shelf(arguments.resources)
    return request.prepare(body, base, kept)


def _shelf(path: Path) -> shelf.Shelf:
    try:
        return shelf.decode(path.read_bytes())
    except Faulty as faulty:
        faults = (Fault(f"in the resources: {each.message}", each.pointer) for each in faulty.faults)
        raise Faulty(*faults) from None


def _fail(message: str) -> NoReturn:
    """End for what is no fault of the request."""
    sys.stderr.write(message + "\n")
    sys.exit(FAILED)


if __name__ == "__main__":
    main()
