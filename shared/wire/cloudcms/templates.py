"""Templates of policies: documents with `${parameters}`, and how one becomes a policy document.

Within a `config` a parameter stands for just its text, so what is special in a pattern is quoted there; the
name of a property and everything outside of a `config` takes it as it is.
"""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from shared.policy.entitlement.patterns import Pattern, quoted
from shared.wire.faults import Fault, Faulty, child

PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
VALUE_LIMIT = 128
"""Characters; quoted, they are at most twice as many, and part of one pattern."""


class Parameter(Struct, frozen=True, forbid_unknown_fields=True):
    """What has to be said before a template is a policy; `form` is the pattern of what can be said."""

    name: str
    description: str
    example: str
    form: str = r"\S(?:.*\S)?"


class NeededRole(Struct, frozen=True, forbid_unknown_fields=True, rename={"key": "roleKey"}):
    """A role that has to exist before the policy does, as it is created."""

    key: str
    permissions: tuple[str, ...]


class Check(Struct, frozen=True, forbid_unknown_fields=True):
    """A question about a resource, and the answer for who holds the policy."""

    resource: dict[str, Any]
    permission: str
    allowed: bool


class Example(Struct, frozen=True, forbid_unknown_fields=True):
    """What the policy does where the parameters are as in their examples.

    `beneath` are roles that its holder has everywhere by a policy of a lower order.
    """

    checks: tuple[Check, ...]
    beneath: tuple[str, ...] = ()


class Template(Struct, frozen=True, forbid_unknown_fields=True):
    """A policy to start from."""

    key: str
    title: str
    description: str
    policy: dict[str, Any]
    example: Example
    parameters: tuple[Parameter, ...] = ()
    roles: tuple[NeededRole, ...] = ()


def fill(template: Template, values: Mapping[str, str]) -> dict[str, Any]:
    """The policy document of a template; raises Faulty for parameters that are missing, unknown or unfit."""
    names = {parameter.name for parameter in template.parameters}
    faults = [
        Fault(f"the template has no parameter `{name[:64]}`", child("", name))
        for name in sorted(values.keys() - names)
    ]
    faults += [fault for parameter in template.parameters for fault in _faults(parameter, values)]
    if faults:
        raise Faulty(*faults)
    return {name: _filled(each, values, in_pattern=False) for name, each in template.policy.items()}


def _faults(parameter: Parameter, values: Mapping[str, str]) -> list[Fault]:
    where = child("", parameter.name)
    value = values.get(parameter.name)
    if value is None:
        return [Fault(f"the template needs `{parameter.name}`: {parameter.description}", where)]
    if len(value) > VALUE_LIMIT or not Pattern(parameter.form).matches(value):
        example = f"something like `{parameter.example}`, of at most {VALUE_LIMIT} characters"
        return [Fault(f"`{parameter.name}` is {example}", where)]
    return []


def _filled(given: Any, values: Mapping[str, str], *, in_pattern: bool) -> Any:  # noqa: ANN401  # JSON in, JSON out
    if isinstance(given, str):
        return PLACEHOLDER.sub(lambda found: _said(values[found[1]], in_pattern=in_pattern), given)
    if isinstance(given, list):
        return [_filled(each, values, in_pattern=in_pattern) for each in given]
    if isinstance(given, dict):
        return {
            name: _filled(each, values, in_pattern=(in_pattern or name == "config") and name != "property")
            for name, each in given.items()
        }
    return given


def _said(value: str, *, in_pattern: bool) -> str:
    return quoted(value) if in_pattern else value
