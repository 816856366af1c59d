"""Findings: what is wrong, wide or idle in screening policies, proven from their rules or seen in a run.

A finding of the rules holds for every directory there can be; what is only likely is not said. Does not
belong here: what is refused when a policy is written, such as a country that does not exist.
"""
