"""System policies and templates, which ship as files: read once, never changed."""

import functools
from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType

import msgspec

from shared.wire.cloudcms.policies import Decoded, decode
from shared.wire.cloudcms.templates import Template

FILES = resources.files("shared.wire.cloudcms") / "files"


def _files(folder: str) -> list[Traversable]:
    return sorted((FILES / folder).iterdir(), key=lambda file: file.name)


@functools.cache
def system_policies() -> Mapping[str, Decoded]:
    """The system policies, by key."""
    documents = [msgspec.json.decode(file.read_bytes()) for file in _files("system_policies")]
    return MappingProxyType({document["key"]: decode(document) for document in documents})


@functools.cache
def templates() -> Mapping[str, Template]:
    """The templates, by key."""
    read = [msgspec.json.decode(file.read_bytes(), type=Template) for file in _files("templates")]
    return MappingProxyType({template.key: template for template in read})
