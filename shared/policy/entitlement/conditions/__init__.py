"""The kinds of condition, one small file a family: whether a resource is one that a statement speaks of.

Patterns match a whole text. A fact that the resource does not have matches no pattern, so that `not` of it
holds. A condition asks nothing of the principal: of a resource, a policy says the same to all who hold it.
Does not belong here: the names and spellings of the wire.
"""
