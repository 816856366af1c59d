"""A plan: the policies of a test with all that they refer to, so that nothing edited later can reach it."""

import re
from collections.abc import Callable
from functools import lru_cache

from msgspec import Struct

from shared.directory import attributes
from shared.directory.attributes import Term
from shared.directory.network import parse_network
from shared.policy.expression import Expression, Listed, within_networks
from shared.policy.expression import terms as read
from shared.policy.rules.kinds import Rule
from shared.policy.rules.people import Email
from shared.policy.rules.references import EmailList, Group, IpList
from shared.policy.screening.policy import Criteria, Policy

FORM = 1
IN_WORDS = re.compile(r"`([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})`")
# Lists of networks that take a while to be read stay read, the last few: the next test has the same ones.
LONG, REMEMBERED = 1000, 4


def _networks(values: tuple[str, ...]) -> Expression:
    return within_networks(map(parse_network, values))


_remembered_networks = lru_cache(REMEMBERED)(_networks)


class Plan(Struct, frozen=True):
    """Policies in the order given; rule groups, e-mail lists (canonical) and networks by their ids.

    `names` are those of groups and lists, for sentences; plans of earlier versions have none.
    `form` is the version of this structure: a worker refuses one that it does not know.
    """

    policies: tuple[Policy, ...]
    groups: dict[str, Criteria] = {}
    email_lists: dict[str, tuple[str, ...]] = {}
    ip_lists: dict[str, tuple[str, ...]] = {}
    names: dict[str, str] = {}
    form: int = FORM

    def called(self, words: str) -> str:
        """The words of rules, with the names of groups and lists where those have ids."""
        return IN_WORDS.sub(lambda found: f"`{self.names.get(found[1], found[1])}`", words)

    def expression(self, rule: Rule) -> Expression:
        """What a rule means here; a group has criteria instead, see `groups`."""
        match rule:
            case EmailList(list_id):
                return Listed(frozenset(self.email_lists[list_id]))
            case IpList(list_id):
                values = self.ip_lists[list_id]
                return _remembered_networks(values) if len(values) >= LONG else _networks(values)
            case Group(group_id):
                raise LookupError(f"group `{group_id}` is no look-up")  # INVARIANT: callers open groups
            case _:
                return rule.expression()


def _rules(plan: Plan) -> set[Rule]:
    """The rules of a plan, those of its groups included."""
    criteria = [policy.criteria for policy in plan.policies] + list(plan.groups.values())
    return {rule for each in criteria for rule in (*each.include, *each.exclude, *each.require)}


def addresses(plan: Plan) -> set[str]:
    """The e-mail addresses that a plan names, to be found among the users."""
    named: set[str] = set()
    for rule in _rules(plan):
        if isinstance(rule, Email):
            named.add(rule.address)
        elif isinstance(rule, EmailList):
            named.update(plan.email_lists[rule.id])
    return named


def terms(plan: Plan, expression: Callable[[Rule], Expression]) -> frozenset[Term]:
    """The postings that evaluating a plan reads, and no other; `expression` says what its rules mean."""
    wanted: set[Term] = {attributes.LIVE}
    for rule in _rules(plan):
        if not isinstance(rule, Group):
            wanted.update(read(expression(rule)))
    return frozenset(wanted)
