"""Access policies: kept, found, shipped, held. Does not belong here: what they mean.

policies      one: created, read, replaced, deleted
policy_lists  many: listed, queried
policy_rows   rows of policies as answers have them
catalogue     system policies, templates, kinds of condition
assignments   who holds which
holders       from references to whoever holds policies
"""
