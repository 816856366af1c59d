"""The 26 kinds of access rule, one small file a family.

A rule is a frozen value, tagged with the key it has on the wire; `expression()` is what it means. A rule of
kind `group` or of a list refers to something that the plan holds beside the policies.
"""
