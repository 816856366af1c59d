"""The bytes that Gatehouse accepts and emits, and their way to and from the domain.

Each HTTP dialect has its own package; the two never meet. What is refused is refused here, with a pointer.
Does not belong here: HTTP itself, SQL, the meaning of a rule.
"""
