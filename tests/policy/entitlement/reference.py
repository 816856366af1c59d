"""What a principal may do with one resource, as plainly as can be: forwards, a statement after another.

Nothing of the engine is used but the parsed types; patterns are Python's own.
"""

import json
import re

from shared.policy.entitlement.conditions import entity, node, place
from shared.policy.entitlement.conditions.kinds import And, Not, Or
from shared.policy.entitlement.decision import ByGrant, ByStatement, ByTeamRole
from shared.policy.entitlement.holding import ByGroup, ByTeam, Directly, Grant, Held, Holding, TeamRole
from shared.policy.entitlement.policy import Action, Scope

STORES = "platform stack project repository domain vault archive directory registrar application webhost"


def matches(pattern, text):
    flags = re.IGNORECASE if pattern.folded else 0
    return isinstance(text, str) and re.fullmatch(pattern.text, text, flags) is not None


def value(properties, name):
    """The values that a property has: none, one, or the members of a list and the list."""
    if name in properties:
        found = properties[name]
        return [*found, found] if isinstance(found, list) else [found]
    head, dot, rest = name.partition(".")
    return value(properties[head], rest) if dot and isinstance(properties.get(head), dict) else []


def shown(given):
    return given if isinstance(given, str) else json.dumps(given) if isinstance(given, int | float) else None


def stores(resource):
    around = [(store.type, store.id, store.title) for store in resource.containers]
    if resource.type in STORES.split() and resource.id is not None:
        around.append((resource.type, resource.id, resource.properties.get("title")))
    return around


def fits(condition, resource):  # noqa: C901, PLR0911, PLR0912  # a table of the kinds
    properties = resource.properties
    match condition:
        case And(conditions):
            return all(fits(each, resource) for each in conditions)
        case Or(conditions):
            return any(fits(each, resource) for each in conditions)
        case Not(inner):
            return not fits(inner, resource)
        case entity.Type(pattern):
            return matches(pattern, resource.type)
        case entity.Id(pattern):
            return matches(pattern, resource.id)
        case entity.Reference(pattern):
            return matches(pattern, resource.reference)
        case entity.Path(pattern):
            return any(matches(pattern, path) for path in resource.paths)
        case entity.Property(name, pattern):
            return any(matches(pattern, shown(found)) for found in value(properties, name))
        case entity.PropertyIs(name, wanted):
            texts = [json.dumps(found, sort_keys=True) for found in value(properties, name)]
            return json.dumps(wanted, sort_keys=True) in texts
        case entity.Locale(pattern):
            return matches(pattern, properties.get("locale"))
        case node.Qname(pattern):
            return matches(pattern, properties.get("_qname"))
        case node.TypeQname(pattern):
            return matches(pattern, properties.get("_type"))
        case node.Feature(pattern):
            return any(matches(pattern, name) for name in properties.get("_features", ()))
        case node.Definition():
            return properties.get("_type") in ("d:type", "d:association", "d:feature")
        case place.Datastore(type_id, id_, title):
            return any(whole((type_id, id_, title), store) for store in stores(resource))
        case place.Branch(id_, title, alias):
            on = resource.branch
            return on is not None and whole((id_, title, alias), (on.id, on.title, on.alias))
        case place.Changeset(pattern):
            return matches(pattern, resource.changeset)
    raise AssertionError(condition)


def whole(patterns, texts):
    return all(
        pattern is None or matches(pattern, text) for pattern, text in zip(patterns, texts, strict=True)
    )


def in_force(holding, resource):
    projects = [id_.lower() for type_, id_, _ in stores(resource) if type_ == "project"]
    team = holding.source if isinstance(holding.source, ByTeam) else None
    if holding.policy.scope is Scope.PLATFORM:
        return True
    return team.project.lower() in projects if team and team.project else bool(projects)


def authorities(held, resource):
    """The roles held, each with the last thing that said so."""
    found, said = {}, set()
    for given in reversed(held.team_roles):
        around = [(type_, id_.lower()) for type_, id_, _ in stores(resource)]
        if given.within is None or (given.within[0], given.within[1].lower()) in around:
            found[given.role] = ByTeamRole(given.role, given.source)
    for holding in sorted(held.holdings, key=lambda each: (each.policy.order, each.policy.id)):
        if holding.policy.id in said or not in_force(holding, resource):
            continue
        said.add(holding.policy.id)
        for number, statement in enumerate(holding.policy.statements):
            if all(fits(condition, resource) for condition in statement.conditions):
                for role in statement.roles:
                    by = ByStatement(role, holding.policy.id, number, statement.action, holding.source)
                    found.update({role: by}) if statement.action is Action.GRANT else found.pop(role, None)
    for grant in reversed(held.grants):
        if grant.on.lower() == resource.reference.lower():
            found[grant.role] = ByGrant(grant.role, grant.id, grant.source)
    return found


def permissions(held, resource, roles):
    """The permissions of the roles held; `roles` gives those of each."""
    every = {permission for role in authorities(held, resource) for permission in roles.get(role, ())}
    return every if "CONNECT" in every else set()


def paths(estate, starts):
    """All paths without a circle, the shortest first, of the same length by the ids."""
    found, longer = [], [(group,) for group in starts]
    while longer:
        found += longer
        longer = [
            (*path, parent)
            for path in longer
            for parent in estate.parents.get(path[-1], ())
            if parent not in path
        ]
    return sorted(found, key=lambda path: (len(path), path))


def given(estate, kind, id_, names, grants):
    """What a principal has, by trying every path to everything."""
    starts = estate.parents.get(id_, ()) if kind == "group" else ["everyone"]
    starts = {*starts, *(group for name, group in estate.groups.items() if kind == "user" and name in names)}
    ways = {(kind, id_): Directly()}
    for path in paths(estate, starts):
        ways.setdefault(("group", path[-1]), ByGroup(path))
    for team in estate.teams:
        if way := ways.get(("group", team.group)):
            path = way.path[:-1] if isinstance(way, ByGroup) else ()
            project = team.within[1] if team.within and team.within[0] == "project" else None
            ways["team", team.id] = ByTeam(team.id, path, project)
    return Held(
        tuple(
            Holding(policy, way)
            for policy in estate.policies.values()
            for holder, way in ways.items()
            if policy.id in estate.assigned.get(holder, ())
        ),
        tuple(
            Grant(each.id, each.role, on, ways[each.holder])
            for on, some in grants.items()
            for each in some
            if each.holder in ways
        ),
        tuple(
            TeamRole(role, ways["team", team.id], team.within)
            for team in estate.teams
            for role in team.roles
            if ("team", team.id) in ways
        ),
    )
