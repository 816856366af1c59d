"""Who of everybody has a permission or an authority on one resource: sets of users in, a set of users out.

Conditions ask nothing of the principal. So of one resource each policy says the same to all who hold it, and
all that an account says of a role is a row of turns: these users have it from here on, those no more.
"""

from collections.abc import Collection, Iterable

from msgspec import Struct
from pyroaring import BitMap

from shared.directory import attributes
from shared.directory.attributes import Term
from shared.policy.expression import Everybody, Expression, HoldsAny, Listed
from shared.policy.expression import terms as read
from shared.policy.facts import Facts
from shared.policy.verdicts import Verdicts

FORM = 1


class Holders(Struct, frozen=True, omit_defaults=True):
    """Everyone, or who is directly in one of some groups, by name, or is one of some users, by id."""

    everyone: bool = False
    groups: tuple[str, ...] = ()
    users: tuple[str, ...] = ()

    def expressions(self) -> list[Expression]:
        """What asks the index for them; whoever any of these finds is one."""
        if self.everyone:
            return [Everybody()]
        labels = tuple((attributes.MEMBERSHIP, attributes.membership_label(name)) for name in self.groups)
        found: list[Expression] = [HoldsAny(labels, None)] if labels else []
        return [*found, Listed(frozenset(self.users))] if self.users else found


class Turn(Struct, frozen=True):
    """Some holders, by their number in the plan, have a role from here on, or have it no more."""

    holders: int
    gives: bool


Turns = tuple[Turn, ...]
"""All that is said of one role, the strongest last."""


class Population(Struct, frozen=True, kw_only=True, tag_field="kind", tag="entitlement"):
    """A plan: whoever comes out of any of `wanted` as having it has what is asked for.

    If `connecting` is not None, only who comes out of any of those as well. `form` is the version of this
    structure: a worker refuses one that it does not know.
    """

    holders: tuple[Holders, ...]
    wanted: tuple[Turns, ...]
    connecting: tuple[Turns, ...] | None = None
    form: int = FORM


def users(population: Population) -> set[str]:
    """The ids of the users that a plan names, to be found in the directory."""
    return {user for holders in population.holders for user in holders.users}


class Census:
    """A plan, made ready to be applied to one segment after another."""

    def __init__(self, population: Population) -> None:
        self.population = population
        self._expressions = [holders.expressions() for holders in population.holders]

    @property
    def terms(self) -> frozenset[Term]:
        """The postings that the plan reads, and no other."""
        found = (term for each in self._expressions for expression in each for term in read(expression))
        return frozenset({attributes.LIVE, *found})

    def verdicts(self, facts: Facts) -> Verdicts:
        """Approved is who has it, blocked is everybody else: there is no third."""
        sets = [self._found(expressions, facts) for expressions in self._expressions]
        approved = _any_of(self.population.wanted, sets)
        if self.population.connecting is not None:
            approved &= _any_of(self.population.connecting, sets)
        return Verdicts(approved, facts.live - approved, BitMap())

    def _found(self, expressions: Iterable[Expression], facts: Facts) -> BitMap:
        return BitMap.union(BitMap(), *(facts.outcome(each).matched for each in expressions))


def _any_of(roles: Collection[Turns], sets: list[BitMap]) -> BitMap:
    """Who has any of some roles, after all turns."""
    found = BitMap()
    for turns in roles:
        has = BitMap()
        for turn in turns:
            if turn.gives:
                has |= sets[turn.holders]
            else:
                has -= sets[turn.holders]
        found |= has
    return found
