"""The official Python driver of the second dialect, installed as its users install it, but by itself.

Its package brings another one that is called `tests`, which would hide ours.
"""

import importlib
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from tests.stack import ROOT

PACKAGE = "cloudcms"
INSTALL_SECONDS = 150


def installed(folder: Path) -> ModuleType:
    """The driver's module, from a folder that outlives the run."""
    kept = folder / PACKAGE
    if not kept.exists():
        made = folder / "made"
        shutil.rmtree(made, ignore_errors=True)
        install(made)
        shutil.rmtree(made / "tests")
        made.rename(kept)
    sys.path.append(str(kept))
    return importlib.import_module(PACKAGE)


def install(folder: Path) -> None:
    """Only it: what it needs is among what the suite needs."""
    options = ("--quiet", "--no-deps", "--disable-pip-version-check", "--target", str(folder))
    pins = ("--constraint", str(ROOT / "deploy" / "constraints.txt"))
    ended = subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, *pins, PACKAGE],
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS,
        check=False,
    )
    assert ended.returncode == 0, f"pip cannot install {PACKAGE}: {ended.stderr}"
