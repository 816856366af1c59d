import os
from pathlib import Path

from services.standalone import home


def abandoned(temporary: Path, name: str, *, origin: Path, age: int) -> Path:
    directory = temporary / f"gatehouse-postgres-{name}"
    directory.mkdir()
    (directory / "origin").write_text(str(origin))
    then = directory.stat().st_mtime - age
    os.utime(directory, (then, then))
    return directory


def test_a_temporary_database_whose_origin_is_gone_is_removed(tmp_path: Path) -> None:
    old = abandoned(tmp_path, "old", origin=tmp_path / "gone", age=3600)
    home._sweep(tmp_path)
    assert not old.exists()


def test_one_that_is_being_made_or_still_belongs_to_somebody_is_kept(tmp_path: Path) -> None:
    young = abandoned(tmp_path, "young", origin=tmp_path / "gone", age=0)
    owner = tmp_path / "owner"
    owner.mkdir()
    owned = abandoned(tmp_path, "owned", origin=owner, age=3600)
    (owner / "elsewhere").symlink_to(owned)
    home._sweep(tmp_path)
    assert young.exists()
    assert owned.exists()


def test_a_directory_that_is_not_ours_to_judge_is_kept(tmp_path: Path) -> None:
    unknown = tmp_path / "gatehouse-postgres-unknown"
    unknown.mkdir()
    os.utime(unknown, (0, 0))
    home._sweep(tmp_path)
    assert unknown.exists()
