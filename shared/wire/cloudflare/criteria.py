"""What policies and rule groups share on the wire: members of an object, three lists of rules, references."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, convert
from msgspec.structs import FieldInfo

from shared.policy.rules.kinds import Reference, Rule
from shared.policy.rules.references import EmailList, Group, IpList
from shared.wire.cloudflare.rules import to_rule
from shared.wire.faults import LIMIT, Fault, Faulty, child, from_validation

NAME_LIMIT = 350
Name = Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": NAME_LIMIT})]
PARTS = ("include", "exclude", "require")


class Placed(Struct, frozen=True):
    """A reference to something kept apart, and where it stands; a text is a reusable policy's id."""

    reference: Reference | str
    pointer: str


class Found(Struct, frozen=True):
    """What an object holds: its members by name (None for one that is absent or wrong), its rules by part.

    Each rule comes with the pointer to it.
    """

    members: dict[str, Any]
    rules: dict[str, list[tuple[Rule, str]]]


class Reader:
    """One walk through policies or groups, gathering references, and every fault up to the limit."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.faults: list[Fault] = []
        self.references: list[Placed] = []

    def read(self, given: dict[str, Any], form: Mapping[str, FieldInfo], what: str, pointer: str) -> Found:
        """The members and rules of an object that has the fields of `form`, with a name among them."""
        for name in sorted(given.keys() - form.keys()):
            self.faults.append(Fault(f"a {what} has no field `{name[:64]}`", child(pointer, name)))
        members: dict[str, Any] = dict.fromkeys(form)
        for name, field in form.items():
            if name in given:
                members[name] = self._member(given[name], field, child(pointer, name))
            elif field.required:
                self.faults.append(Fault(f"a {what} needs `{name}`", child(pointer, name)))
        if members["name"] is not None and not 0 < len(members["name"]) <= NAME_LIMIT:
            self.faults.append(Fault(f"a name has 1 to {NAME_LIMIT} characters", child(pointer, "name")))
        if members["include"] == []:
            message = f"a {what} needs at least one rule in `include`, or it matches nobody"
            self.faults.append(Fault(message, child(pointer, "include")))
        return Found(
            members, {part: list(self._rules(members[part], child(pointer, part))) for part in PARTS}
        )

    def _member(self, given: object, field: FieldInfo, where: str) -> Any:  # noqa: ANN401  # as its field has it
        try:
            return convert(given, field.type, strict=True)
        except msgspec.ValidationError as error:
            self.faults.append(from_validation(error, where))
            return None

    def _rules(self, given: list[Any] | None, pointer: str) -> Iterator[tuple[Rule, str]]:
        for number, each in enumerate(given or ()):
            if len(self.faults) >= LIMIT:
                return
            where = child(pointer, number)
            try:
                rule = to_rule(each, where, self.account)
            except Faulty as faulty:
                self.faults.extend(faulty.faults)
                continue
            if isinstance(rule, Group | EmailList | IpList):
                key = next(iter(each))
                self.references.append(Placed(rule, child(child(where, key), "id")))
            yield rule, where
