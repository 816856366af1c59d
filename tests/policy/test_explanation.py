"""An explanation comes to the verdict by itself, its tree adds up, and its nearest miss really is one."""

from hypothesis import given, settings

from shared.policy.rules.references import Group
from shared.policy.screening import explanation
from shared.policy.screening.explanation import Explainer, Looked, Met
from shared.policy.screening.judge import Judge, Seen
from shared.policy.screening.nearest import can_change
from shared.policy.screening.policy import in_order
from shared.policy.screening.standing import Standing
from tests.policy import engine
from tests.policy.strategies import directories, plans

SOME = settings(max_examples=max(100, settings().max_examples // 10))


def explained(plan, directory):
    """Every user's leaves and explanation, with the verdict of the bulk test."""
    judge, explainer = Judge(plan), Explainer(plan)
    said = engine.verdicts(plan, directory)
    for segment, facts in engine.facts(plan, directory).items():
        seen = Seen(judge, facts)
        for position in facts.live:
            known = explanation.leaves(seen, position)
            yield known, explainer.explain(known), said[(segment << engine.BITS) + position]


@SOME
@given(plans(), directories())
def test_an_explanation_says_what_the_bulk_test_says(plan, directory):
    for _, found, said in explained(plan, directory):
        assert found.status == {"errored": "error"}.get(said, said)


def adds_up(met: Met) -> bool:
    include, require, exclude = (
        [each.standing for each in part] for part in (met.include, met.require, met.exclude)
    )
    said = min(max(include, default=0), min(require, default=2), 2 - max(exclude, default=0))
    return met.standing == said and all(map(opened, (*met.include, *met.require, *met.exclude)))


def opened(looked: Looked) -> bool:
    if not isinstance(looked.rule, Group):
        return looked.opened is None
    return looked.opened is not None and looked.standing is looked.opened.standing and adds_up(looked.opened)


@SOME
@given(plans(), directories())
def test_the_tree_adds_up_to_what_its_leaves_say(plan, directory):
    order = [index for index, _ in in_order(plan.policies)]
    for _, found, _ in explained(plan, directory):
        assert [each.index for each in found.policies] == order
        assert all(adds_up(each.met) for each in found.policies)


@SOME
@given(plans(), directories())
def test_the_nearest_miss_flips_the_verdict(plan, directory):
    for known, found, _ in explained(plan, directory):
        if found.miss is not None:
            rule, said, would_say, status = (
                getattr(found.miss, name) for name in found.miss.__struct_fields__
            )
            assert known[rule] is said is not would_say
            flipped = Explainer(plan).explain({**known, rule: would_say})
            assert flipped.status == status != found.status


@SOME
@given(plans(), directories())
def test_without_a_nearest_miss_no_single_rule_turns_the_verdict_around(plan, directory):
    other = {"approved": {"blocked"}, "blocked": {"approved"}, "error": {"approved", "blocked"}}
    for known, found, _ in explained(plan, directory):
        if found.miss is None:
            changes = [(rule, said) for rule in known if can_change(rule) for said in Standing]
            reached = {Explainer(plan).explain({**known, rule: said}).status for rule, said in changes}
            assert not reached & other[found.status]
