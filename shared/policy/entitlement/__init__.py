"""Entitlement: policies of statements that grant and revoke roles, on a resource. As Cloud CMS does.

patterns    patterns of users, in time linear in the text, or refused
resource    what is decided about
conditions  to which resources a statement applies
policy      statements, policies, the order in which they count
roles       which permissions a role gives
holding     which policies, grants and roles of teams a principal has, and by which way
decision    yes or no, and why
principal   all that one has, made ready to be asked about many resources
estate      all that an account says
closure     what one principal has of that, over groups in groups
defaults    the grants that stand without being recorded
proposal    what the estate would be with other policies
population  who of everybody has something on one resource: sets of users
compilation from the estate and a question to such a population

Does not belong here: screening, for the two semantics never import one another; JSON of a dialect; where
users come from.
"""
