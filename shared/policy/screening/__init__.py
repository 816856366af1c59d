"""Screening: policies that include, exclude and require, in an order that decides. As Cloudflare Access does.

Does not belong here: statements, roles, grants. The two semantics never import one another.
"""
