"""Groups in groups: the cycle that a change would close, and the depth that it would make."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.policy import nesting

IDS = [UUID(int=number) for number in range(64)]
A, B, C, D, E = IDS[:5]

CYCLES = {
    "itself": ({}, A, A, (A, A)),
    "one that names it": ({B: [A]}, A, B, (A, B, A)),
    "one that leads to it": ({B: [C], C: [A]}, A, B, (A, B, C, A)),
    "the shortest of two ways": ({B: [C, A], C: [A]}, A, B, (A, B, A)),
    "one below it": ({A: [B], B: [C]}, A, C, ()),
    "one beside it": ({B: [C]}, A, B, ()),
    "what it named until now does not count": ({A: [B], C: [A]}, A, B, ()),
    "the last on the way names it already": ({A: [B], C: [A]}, B, C, (B, C, A, B)),
}


@pytest.mark.parametrize("name", CYCLES)
def test_the_way_back_is_found(name):
    edges, group, named, way = CYCLES[name]
    assert nesting.place(edges, group).cycle(named) == way


DEPTHS = {
    "two groups": ({}, A, B, 2),
    "one above": ({C: [A]}, A, B, 3),
    "one below": ({B: [C]}, A, B, 3),
    "above and below": ({C: [A], B: [D, E], E: [IDS[9]]}, A, B, 5),
    "the longest way counts": ({C: [A], D: [C, A], B: []}, A, B, 4),
    "what it named until now does not": ({A: [C], C: [D], D: [E]}, A, B, 2),
}


@pytest.mark.parametrize("name", DEPTHS)
def test_depth_counts_the_groups_on_the_longest_way(name):
    edges, group, named, depth = DEPTHS[name]
    assert nesting.place(edges, group).depth(named) == depth


def test_a_group_that_nobody_knows_yet_closes_no_cycle():
    new = uuid4()
    place = nesting.place({A: [B], B: [C]}, new)
    assert [place.cycle(each) for each in (A, B, C)] == [(), (), ()]
    assert [place.depth(each) for each in (A, B, C)] == [4, 3, 2]


def test_thousands_of_edges_are_quick():
    layers = [[UUID(int=32 * n + layer) for n in range(30)] for layer in range(31)]
    edges = {
        each: [below for deeper in layers[layer + 1 :] for below in deeper]
        for layer, row in enumerate(layers)
        for each in row
    }
    place = nesting.place(edges, layers[30][0])
    assert place.depth(uuid4()) == 32


def ways(edges, start, so_far=()):
    """Every way from a group that goes nowhere twice, and those that come back to where it began."""
    yield (*so_far, start)
    for target in edges.get(start, ()):
        if target == (*so_far, start)[0]:
            yield (*so_far, start, target)
        elif target not in (*so_far, start):
            yield from ways(edges, target, (*so_far, start))


@st.composite
def changes(draw):
    """Edges without a cycle among a few groups, one of the groups, and one that it would name."""
    order = draw(st.permutations(IDS[:6]))
    edges = {each: draw(st.sets(st.sampled_from(order[n + 1 :]))) for n, each in enumerate(order[:-1])}
    return edges, draw(st.sampled_from(order)), draw(st.sampled_from(order))


@given(changes())
def test_it_agrees_with_trying_every_way(change):
    edges, group, named = change
    after = edges | {group: {named}}
    back = [way for way in ways(after, group) if way[-1] == group and len(way) > 1]
    place = nesting.place(edges, group)
    cycle = place.cycle(named)
    assert bool(cycle) == bool(back)
    assert not cycle or (cycle in back and len(cycle) == min(map(len, back)))
    if not cycle:
        through = [way for each in IDS[:6] for way in ways(after, each) if group in way and named in way]
        assert place.depth(named) == max(map(len, through))
