from pathlib import Path

import pytest

from shared.process.settings import Settings, SettingsError, load

NEEDED = {"DATABASE_URL": "postgresql:///x", "REDIS_URL": "redis://x"}


def test_what_is_needed_is_enough():
    assert load(NEEDED) == Settings(database_url="postgresql:///x", redis_url="redis://x")


def test_all_that_is_wrong_is_said_at_once():
    wrong = {"GATEHOUSE_PORT": "http", "GATEHOUSE_LOG_FORMAT": "xml", "GATEHOUSE_LEASE_SECONDS": "0"}
    with pytest.raises(SettingsError) as fault:
        load(wrong)
    said = str(fault.value).splitlines()
    names = ("DATABASE_URL", "REDIS_URL", *wrong)
    assert sorted(line.split("`")[1] for line in said) == sorted(names)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("GATEHOUSE_PORT", "0", 0),
        ("GATEHOUSE_LEASE_SECONDS", "2.5", 2.5),
        ("GATEHOUSE_LOG_FORMAT", "console", "console"),
        ("GATEHOUSE_CACHE_BYTES", "0", 0),
    ],
)
def test_a_text_becomes_a_value_of_the_settings_type(name: str, text: str, value: object):
    assert getattr(load({**NEEDED, name: text}), name.removeprefix("GATEHOUSE_").lower()) == value


@pytest.mark.parametrize(
    "url", ["database:", "file:///srv/archives", "s3://bucket", "s3://bucket/some/prefix"]
)
def test_archives_are_kept_in_the_database_a_folder_or_a_bucket(url: str):
    assert load({**NEEDED, "GATEHOUSE_ARCHIVES_URL": url}).archives_url == url


@pytest.mark.parametrize(
    "url",
    [
        "database",
        "file://",
        "file:///",
        "file:relative",
        "s3://",
        "s3://key:secret@bucket",
        "s3://b?x=y",
        "http://x",
    ],
)
def test_archives_are_kept_nowhere_else(url: str):
    with pytest.raises(SettingsError, match="GATEHOUSE_ARCHIVES_URL"):
        load({**NEEDED, "GATEHOUSE_ARCHIVES_URL": url})


def test_an_empty_text_is_the_default():
    assert load({**NEEDED, "GATEHOUSE_PORT": ""}).port == 8080


def test_a_secret_may_come_from_a_file(tmp_path: Path):
    (tmp_path / "url").write_text("postgresql:///secret\n")
    given = {"DATABASE_URL_FILE": str(tmp_path / "url"), "REDIS_URL": "redis://x"}
    assert load(given).database_url == "postgresql:///secret"


def test_a_file_that_is_not_there_is_said(tmp_path: Path):
    with pytest.raises(SettingsError, match="`DATABASE_URL_FILE` cannot be read"):
        load({"DATABASE_URL_FILE": str(tmp_path / "none"), "REDIS_URL": "redis://x"})


def test_a_misspelt_name_is_warned_about_with_the_likely_one():
    (warning,) = load({**NEEDED, "GATEHOUSE_LAESE_SECONDS": "3"}).unknown
    assert warning == "`GATEHOUSE_LAESE_SECONDS` is no setting, did you mean `GATEHOUSE_LEASE_SECONDS`?"


def test_names_of_the_command_line_are_known():
    assert load({**NEEDED, "GATEHOUSE_URL": "x", "GATEHOUSE_TOKEN": "y"}).unknown == ()
