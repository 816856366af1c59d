"""The wheel, installed where the checkout is out of sight, runs."""

import os
import subprocess
import sys
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT, name_of, tracked

DEPLOYABLES = sorted(path.parent.name for path in (ROOT / "services").glob("*/__init__.py"))


def ran(*command: str | Path, cwd: Path) -> str:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GATEHOUSE_"))
    }
    environment = {**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INDEX": "1"}
    ended = subprocess.run(
        [str(each) for each in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    options = ("--no-deps", "--no-build-isolation", "--quiet", "--wheel-dir", folder)
    ran(sys.executable, "-m", "pip", "wheel", ROOT, *options, cwd=folder)
    (built,) = folder.glob("gatehouse-*.whl")
    return built


@pytest.fixture(scope="module")
def binaries(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a clean environment: the wheel and the libraries of this one, without its checkout."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=False, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    options = ("--no-deps", "--quiet", "--ignore-installed")
    ran(
        sys.executable, "-m", "pip", "--python", folder / "bin/python", "install", *options, wheel, cwd=folder
    )
    libraries = Path(metadata.distribution("msgspec").locate_file("")).resolve()
    # A line of a .pth is a folder to search, and the .pth files of that folder are not read.
    (site / "libraries.pth").write_text(f"{libraries}\n")
    return folder / "bin"


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel: Path) -> None:
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    ours = {name_of(path) for path in tracked() if name_of(path).startswith(("services/", "shared/"))}
    assert held == ours
    assert "shared/store/migrations/0001_initial.sql" in held


@pytest.mark.parametrize("deployable", DEPLOYABLES)
def test_a_deployable_of_the_wheel_says_what_it_does(binaries: Path, tmp_path: Path, deployable: str) -> None:
    help_text = ran(binaries / "python", "-m", f"services.{deployable}", "--help", cwd=tmp_path)
    assert "usage" in help_text.lower()


def test_the_command_of_the_wheel_says_what_it_does(binaries: Path, tmp_path: Path) -> None:
    assert "policy" in ran(binaries / "gatehouse", "--help", cwd=tmp_path)


def test_the_wheel_runs_from_itself(binaries: Path, tmp_path: Path) -> None:
    program = "import services, shared; print(services.__file__, shared.__file__)"
    files = ran(binaries / "python", "-c", program, cwd=tmp_path).split()
    assert all(Path(file).is_relative_to(binaries.parent) for file in files)


def test_the_migrations_of_the_wheel_are_found(binaries: Path, tmp_path: Path) -> None:
    program = "from shared.store.migrate import migrations; print(*(m.name for m in migrations()))"
    assert "0001_initial.sql" in ran(binaries / "python", "-c", program, cwd=tmp_path)


def test_no_other_distribution_owns_the_package_names() -> None:
    owners = metadata.packages_distributions()
    assert {name: set(owners.get(name, [])) - {"gatehouse"} for name in ("services", "shared")} == {
        "services": set(),
        "shared": set(),
    }
