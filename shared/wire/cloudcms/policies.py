"""Policy documents: kept as they came, and made into the domain's policies.

A document is open: what nobody knows is kept, and can be asked for. A statement is not: one with a misspelt
`conditions` would apply everywhere.
"""

import re
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from shared.policy.entitlement.policy import UNORDERED, Action, Policy, Scope, Statement
from shared.policy.entitlement.roles import role_key
from shared.wire.cloudcms.conditions import Object
from shared.wire.cloudcms.reading import Reader
from shared.wire.faults import Fault, Faulty, child

STATEMENT_LIMIT = 500
ROLE_LIMIT = 64
"""Characters of a role's key; roles of a statement."""
OURS = ("_doc", "_system", "_ref")
"""Members that answers add: clients send them back, and they are ignored."""
TAKEN = ("ok", "error")
"""Members by which drivers know an answer that is no document."""
TEXTS = ("title", "description", "key")
STATEMENT = ("description", "action", "roles", "conditions")
ORDER_LIMIT = 10**15
NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
SCOPES = {scope.value: scope for scope in Scope}
ACTIONS = {action.value: action for action in Action}


class PlacedRole(NamedTuple):
    """A role that a statement names, and where."""

    role: str
    pointer: str


class Decoded(Struct, frozen=True):
    """A policy document, what it means, and the roles it names, which may or may not exist."""

    document: bytes
    order: int | float
    scope: Scope
    statements: tuple[Statement, ...]
    roles: tuple[PlacedRole, ...]

    def policy(self, policy_id: str) -> Policy:
        """The policy of the domain."""
        return Policy(policy_id, self.statements, self.order, self.scope)


class _Documents(Reader):
    """A walk through one document."""

    def __init__(self) -> None:
        super().__init__()
        self.roles: list[PlacedRole] = []

    def order(self, given: object) -> int | float:
        """A number, or a text that is one; both are found in the wild."""
        if given is None:
            return UNORDERED
        if isinstance(given, str) and NUMBER.fullmatch(given):
            return float(given) if "." in given else int(given)
        if isinstance(given, int | float) and not isinstance(given, bool) and abs(given) < ORDER_LIMIT:
            return given
        self.fault("`order` is a number of at most 15 digits, or a text that is one", "/order")
        return UNORDERED

    def scope(self, given: object) -> Scope:
        if given is None:
            return Scope.PLATFORM
        if not isinstance(given, str) or given not in SCOPES:
            self.fault("`scope` is `platform` or `project`", "/scope")
            return Scope.PLATFORM
        return SCOPES[given]

    def statements(self, given: object) -> tuple[Statement, ...]:
        if given is None:
            return ()
        if not isinstance(given, list) or len(given) > STATEMENT_LIMIT:
            self.fault(f"`statements` is a list of at most {STATEMENT_LIMIT} statements", "/statements")
            return ()
        found = list[Statement]()
        for number, each in enumerate(given):
            if self.full:
                break
            pointer = child("/statements", number)
            if isinstance(each, dict):
                found.append(self._statement(each, pointer))
            else:
                self.fault("a statement is an object with `action` and `roles`", pointer)
        return tuple(found)

    def _statement(self, given: Object, pointer: str) -> Statement:
        self.strays(given, STATEMENT, "a statement", pointer)
        if not isinstance(given.get("description"), str | None):
            self.fault("a description is a text", child(pointer, "description"))
        action = given.get("action")
        if not isinstance(action, str) or action not in ACTIONS:
            self.fault("`action` is `grant` or `revoke`", child(pointer, "action"))
        roles = self._roles(given.get("roles"), child(pointer, "roles"))
        conditions = given.get("conditions")
        found = () if conditions is None else self.conditions(conditions, child(pointer, "conditions"))
        return Statement(ACTIONS.get(str(action), Action.REVOKE), roles, found)

    def _roles(self, given: object, pointer: str) -> tuple[str, ...]:
        if not isinstance(given, list) or not 0 < len(given) <= ROLE_LIMIT:
            self.fault(f"`roles` is a list of 1 to {ROLE_LIMIT} role keys", pointer)
            return ()
        found = list[str]()
        for number, each in enumerate(given):
            where = child(pointer, number)
            if isinstance(each, str) and 0 < len(each) <= ROLE_LIMIT:
                self.roles.append(PlacedRole(role_key(each), where))
                found.append(role_key(each))
            else:
                self.fault(f"a role key is a text of 1 to {ROLE_LIMIT} characters", where)
        return tuple(dict.fromkeys(found))


def decode(given: object) -> Decoded:
    """A policy document; raises Faulty with all that is wrong, up to the limit."""
    if not isinstance(given, dict):
        raise Faulty(Fault("a policy is an object", ""))
    reader = _Documents()
    for name in (name for name in TAKEN if name in given):
        reader.fault(
            f"a policy cannot have a field `{name}`: drivers would take it for an error", child("", name)
        )
    for name in TEXTS:
        if not isinstance(given.get(name), str | None):
            reader.fault(f"`{name}` is a text", child("", name))
    order, scope = reader.order(given.get("order")), reader.scope(given.get("scope"))
    statements = reader.statements(given.get("statements"))
    if reader.faults:
        raise Faulty(*reader.faults)
    return Decoded(_kept(given), order, scope, statements, tuple(reader.roles))


def _kept(given: dict[str, Any]) -> bytes:
    return msgspec.json.encode({name: value for name, value in given.items() if name not in OURS})
