"""A plan: the policies of a test with all that they refer to, so that nothing edited later can reach it."""

from collections.abc import Iterator

from msgspec import Struct

from shared.directory import attributes
from shared.directory.attributes import Term
from shared.directory.network import parse_network
from shared.policy.expression import Expression, Listed, terms, within_networks
from shared.policy.rules.kinds import Rule
from shared.policy.rules.references import EmailList, Group, IpList
from shared.policy.screening.policy import Criteria, Policy

FORM = 1


class Plan(Struct, frozen=True):
    """Policies in the order given; rule groups, e-mail lists (canonical) and networks by their ids.

    `form` is the version of this structure: a worker refuses one that it does not know.
    """

    policies: tuple[Policy, ...]
    groups: dict[str, Criteria] = {}
    email_lists: dict[str, tuple[str, ...]] = {}
    ip_lists: dict[str, tuple[str, ...]] = {}
    form: int = FORM

    def expression(self, rule: Rule) -> Expression:
        """What a rule means here; a group has criteria instead, see `groups`."""
        match rule:
            case EmailList(list_id):
                return Listed(self.email_lists[list_id])
            case IpList(list_id):
                return within_networks(tuple(parse_network(text) for text in self.ip_lists[list_id]))
            case Group(group_id):
                raise LookupError(f"group `{group_id}` is no look-up")  # INVARIANT: callers open groups
            case _:
                return rule.expression()


def _rules(plan: Plan) -> Iterator[Rule]:
    """Every rule of a plan, those of its groups included, each once per place it stands in."""
    criteria = [policy.criteria for policy in plan.policies] + list(plan.groups.values())
    for each in criteria:
        yield from (*each.include, *each.exclude, *each.require)


class Needs(Struct, frozen=True):
    """What a plan reads: `terms` of the index, and e-mail `addresses` to be found among the users."""

    terms: frozenset[Term]
    addresses: frozenset[str]


def needs(plan: Plan) -> Needs:
    """Everything that evaluating a plan reads, and nothing else."""
    wanted: set[Term] = {attributes.LIVE}
    addresses: set[str] = set()
    for rule in _rules(plan):
        if isinstance(rule, Group):
            continue
        expression = plan.expression(rule)
        wanted.update(terms(expression))
        if isinstance(expression, Listed):
            addresses.update(expression.addresses)
    return Needs(frozenset(wanted), frozenset(addresses))
