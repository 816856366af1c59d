"""One walk through a policy's conditions: makes the domain's, and gathers every fault up to the limit."""

from collections.abc import Collection
from typing import Any

import msgspec
from msgspec.structs import fields

from shared.directory.errors import Refused
from shared.policy.entitlement.conditions.kinds import And, Condition, Not, Or
from shared.policy.entitlement.patterns import Pattern
from shared.wire.cloudcms.conditions import ALIASES, KINDS, LISTS, Config, Kind, Object
from shared.wire.faults import LIMIT, Fault, child, from_validation

CONDITION_LIMIT = 500
"""Of one policy: to make a pattern takes up to two milliseconds."""
DEPTH_LIMIT = 12


class Reader:
    """What is wrong with the conditions read so far, and how many there were."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._count = 0

    @property
    def full(self) -> bool:
        """Whether there are as many faults as anybody is told of."""
        return len(self.faults) >= LIMIT

    def fault(self, message: str, pointer: str) -> None:
        """Takes note of a fault."""
        self.faults.append(Fault(message, pointer))

    def strays(self, given: Object, names: Collection[str], what: str, pointer: str) -> None:
        """A fault for each member that has no business there."""
        for name in sorted(given.keys() - set(names)):
            self.fault(f"{what} has no field `{name[:64]}`", child(pointer, name))

    def conditions(self, given: object, pointer: str, depth: int = 1) -> tuple[Condition, ...]:
        """A list of conditions, without those that are faulty."""
        if not isinstance(given, list):
            self.fault("conditions are a list", pointer)
            return ()
        found = list[Condition]()
        for number, each in enumerate(given):
            if self.full:
                break
            condition = self.condition(each, child(pointer, number), depth)
            found.extend([condition] if condition is not None else [])
        return tuple(found)

    def condition(self, given: object, pointer: str, depth: int = 1) -> Condition | None:
        """One condition; None if it is faulty."""
        self._count += 1
        if depth > DEPTH_LIMIT or self._count > CONDITION_LIMIT:
            limit = f"a policy has at most {CONDITION_LIMIT} conditions, nested {DEPTH_LIMIT} deep"
            if all(fault.message != limit for fault in self.faults):
                self.fault(limit, pointer)
            return None
        kind = given.get("type") if isinstance(given, dict) else None
        if not isinstance(given, dict) or not isinstance(kind, str):
            self.fault("a condition is an object with a `type` and its `config`", pointer)
            return None
        name = ALIASES.get(kind, kind)
        if name in LISTS:
            return self._list(name, given, pointer, depth)
        if name == "not":
            return self._not(given, pointer, depth)
        if name not in KINDS:
            self.fault(f"unknown condition type: `{kind[:64]}`", child(pointer, "type"))
            return None
        config, where = self._config(given, pointer, ())
        return self._plain(KINDS[name], config, where)

    def _config(self, given: Object, pointer: str, beside: Collection[str]) -> tuple[Object, str]:
        """What a condition takes and where that stands; some kinds may have it `beside` their type."""
        if beside and "config" not in given:
            self.strays(given, {"type", *beside}, "a condition", pointer)
            return given, pointer
        self.strays(given, ("type", "config"), "a condition", pointer)
        config, pointer = given.get("config"), child(pointer, "config")
        if config is not None and not isinstance(config, dict):
            self.fault("`config` is an object", pointer)
        elif config and beside:
            self.strays(config, beside, "this `config`", pointer)
        return (config if isinstance(config, dict) else {}), pointer

    def _list(self, name: str, given: Object, pointer: str, depth: int) -> Condition | None:
        config, where = self._config(given, pointer, ("conditions",))
        before = len(self.faults)
        found = self.conditions(config.get("conditions"), child(where, "conditions"), depth + 1)
        if not found and len(self.faults) == before:
            self.fault(f"`{name}` joins at least one condition", child(where, "conditions"))
        return And(found) if name == "and" else Or(found)

    def _not(self, given: Object, pointer: str, depth: int) -> Condition | None:
        config, where = self._config(given, pointer, ("condition",))
        found = self.condition(config.get("condition"), child(where, "condition"), depth + 1)
        return None if found is None else Not(found)

    def _plain(self, kind: Kind, given: Object, pointer: str) -> Condition | None:
        before = len(self.faults)
        try:
            config = msgspec.convert(given, kind.config, strict=True)
        except msgspec.ValidationError as error:
            self.faults.append(from_validation(error, pointer))
            return None
        patterns = self._patterns(config, pointer)
        if kind.one_of and not patterns and len(self.faults) == before:
            self.fault(f"the condition needs one of {_names(kind.one_of)}", pointer)
        elif kind.only_one and len(patterns) > 1:
            self.fault(f"the condition has only one of {_names(kind.one_of)}", pointer)
        return kind.make(config, patterns) if len(self.faults) == before else None

    def _patterns(self, config: Config, pointer: str) -> dict[str, Pattern]:
        """The patterns of a config, by field: all its texts but the name of a property."""
        found = dict[str, Pattern]()
        for field in fields(config):
            text: Any = getattr(config, field.name)
            if not isinstance(text, str) or field.name == "property":
                continue
            try:
                found[field.name] = Pattern(text)
            except Refused as refusal:
                self.fault(str(refusal), child(pointer, field.encode_name))
        return found


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
