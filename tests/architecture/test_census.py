"""What `shared` holds is used by at least two deployables."""

import functools

import grimp
import pytest

from tests.architecture.repository import ROOT

DEPLOYABLES = sorted(path.parent.name for path in (ROOT / "services").glob("*/__init__.py"))
SHARED = sorted(path.parent.name for path in (ROOT / "shared").glob("*/__init__.py"))


@functools.cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("services", "shared", cache_dir=None)


def users(child: str) -> list[str]:
    def reaches(deployable: str) -> bool:
        return graph().chain_exists(f"services.{deployable}", f"shared.{child}", as_packages=True)

    return [deployable for deployable in DEPLOYABLES if reaches(deployable)]


@pytest.mark.parametrize("child", SHARED)
def test_a_shared_package_has_two_users(child: str) -> None:
    assert len(users(child)) >= 2


def test_the_charter_of_shared_lists_its_children() -> None:
    charter = (ROOT / "shared" / "__init__.py").read_text()
    listed = [line.split()[0] for line in charter.splitlines() if line.partition("  ")[0] in SHARED]
    assert sorted(listed) == SHARED


def test_nothing_lies_beside_the_packages_of_shared_and_services() -> None:
    beside = {path.name for folder in ("shared", "services") for path in (ROOT / folder).glob("*.py")}
    assert beside == {"__init__.py"}
